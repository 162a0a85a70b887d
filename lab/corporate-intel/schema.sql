-- The database of Corporate Intelligence, a fictional company that sells facts about other fictional companies.

CREATE TABLE companies (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name        text NOT NULL,
  ticker      text UNIQUE,
  sector      text NOT NULL,
  country     char(2) NOT NULL,
  founded     date,
  valuation   numeric(24,6),
  profile     jsonb NOT NULL DEFAULT '{}',
  logo        bytea,
  active      boolean NOT NULL DEFAULT true,
  search_name text GENERATED ALWAYS AS (lower(name)) STORED,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE filings (
  id          uuid PRIMARY KEY,
  number      bigint GENERATED ALWAYS AS IDENTITY,
  company_id  bigint NOT NULL REFERENCES companies ON DELETE CASCADE,
  form        text NOT NULL,
  title       text,
  body        text,
  facts       jsonb,
  tags        text[],
  status      text NOT NULL DEFAULT 'received',
  source      text NOT NULL,
  filed_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX filings_company ON filings (company_id);

CREATE TABLE metrics (
  id          uuid PRIMARY KEY,
  company_id  bigint NOT NULL REFERENCES companies ON DELETE CASCADE,
  filing_id   uuid REFERENCES filings ON DELETE CASCADE,
  name        text NOT NULL,
  value       numeric,
  ratio       double precision,
  unit        text,
  source      text NOT NULL,
  measured_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX metrics_company ON metrics (company_id);
CREATE INDEX metrics_filing ON metrics (filing_id);

CREATE TABLE audit_log (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_name     text NOT NULL,
  action         text NOT NULL,
  row_data       jsonb,
  changed_fields jsonb,
  "timestamp"    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX audit_log_row ON audit_log (table_name, action, (row_data ->> 'id'));

-- What /health writes and reads back.
CREATE TABLE heartbeats (
  id   integer PRIMARY KEY,
  beat bigint NOT NULL,
  at   timestamptz NOT NULL
);

CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  before jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
  after  jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
BEGIN
  INSERT INTO audit_log (table_name, action, row_data, changed_fields)
  VALUES (TG_TABLE_NAME, TG_OP, CASE WHEN TG_OP = 'DELETE' THEN before ELSE after END,
    CASE WHEN TG_OP = 'UPDATE' THEN
      (SELECT jsonb_object_agg(key, value) FROM jsonb_each(after) WHERE before -> key IS DISTINCT FROM value)
    END);
  RETURN NULL;
END $$;

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON companies FOR EACH ROW EXECUTE FUNCTION audit();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON filings FOR EACH ROW EXECUTE FUNCTION audit();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON metrics FOR EACH ROW EXECUTE FUNCTION audit();
