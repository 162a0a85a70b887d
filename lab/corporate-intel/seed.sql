-- Fictional data with the odd values that real data has. How much of it: set lab.companies, lab.filings (each company),
-- lab.metrics (each filing) before.

INSERT INTO companies (name, ticker, sector, country, founded, valuation, profile, logo, active, created_at)
SELECT
  CASE i % 11
    WHEN 0 THEN format('%s "%s" & Søns Æ/S', part.word, i)
    WHEN 1 THEN format(E'O''%s\n(line two of %s)', part.word, i)
    WHEN 2 THEN format('株式会社 %s %s 🚢', part.word, i)
    WHEN 3 THEN format(E'%s\t\\tab, \\N and back\\slash %s', part.word, i)
    ELSE format('%s %s Ltd', part.word, i)
  END,
  CASE WHEN i % 7 = 0 THEN NULL ELSE upper(left(part.word, 3)) || i END,
  (ARRAY['Shipping', 'Energy', 'Banking', 'Health', 'Retail', 'Software', 'Farming', 'Media'])[i % 8 + 1],
  (ARRAY['SE', 'DE', 'FR', 'JP', 'US'])[i % 5 + 1],
  CASE i % 13 WHEN 0 THEN NULL WHEN 1 THEN '0044-03-15 BC'::date WHEN 2 THEN 'infinity'::date ELSE '1900-01-01'::date + i * 37 END,
  CASE i % 9 WHEN 0 THEN NULL WHEN 1 THEN 0.000001 WHEN 2 THEN -12345678901234567.123456 ELSE i * 1234567.890123 END,
  jsonb_build_object('staff', i * 3, 'site', format('https://example.com/%s', i), 'note', E'quote " and\nnewline',
    'big', 12345678901234567890.000100, 'none', NULL, 'nested', jsonb_build_array(i, NULL, jsonb_build_object('ü', true))),
  CASE WHEN i % 4 = 0 THEN NULL WHEN i % 4 = 1 THEN ''::bytea ELSE decode(md5(i::text) || '00ff0a5c', 'hex') END,
  i % 10 <> 0,
  '2020-02-29 23:59:59.999999+00'::timestamptz + i * interval '1 hour 1 microsecond'
FROM generate_series(1, current_setting('lab.companies')::int) AS i,
LATERAL (SELECT (ARRAY['Nordwind', 'Halcyon', 'Meridian', 'Quartz', 'Larkspur', 'Ostrava', 'Pemberton', 'Zephyr'])[i % 8 + 1] AS word) AS part;

INSERT INTO filings (id, company_id, form, title, body, facts, tags, source, filed_at)
SELECT
  md5(format('filing %s %s', c.id, n))::uuid, c.id, (ARRAY['10-K', '10-Q', '8-K'])[n % 3 + 1],
  CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE format('Filing %s of %s', n, c.name) END,
  -- Every so often one that is too long for its page and is kept out of line.
  CASE WHEN n % 10 = 0 THEN (SELECT string_agg(md5(format('%s %s %s', c.id, n, g)), ' ') FROM generate_series(1, 300) AS g)
    ELSE format('Short body %s', n) END,
  CASE WHEN n % 3 = 0 THEN NULL ELSE jsonb_build_object('revenue', c.id * n * 1.10, 'restated', n % 2 = 0) END,
  CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN '{}' ELSE ARRAY['annual', 'a,b', '"quoted"', NULL, E'new\nline'] END,
  'seed', '2024-06-01 00:00:00.000001+00'::timestamptz + (c.id * 100 + n) * interval '17 minutes'
FROM companies AS c, generate_series(1, current_setting('lab.filings')::int) AS n;

INSERT INTO metrics (id, company_id, filing_id, name, value, ratio, unit, source, measured_at)
SELECT
  md5(format('metric %s %s', f.id, n))::uuid, f.company_id, CASE WHEN n % 3 = 0 THEN NULL ELSE f.id END,
  (ARRAY['revenue', 'ebit', 'staff'])[n % 3 + 1],
  CASE (f.number + n) % 6 WHEN 0 THEN NULL WHEN 1 THEN 'NaN'::numeric WHEN 2 THEN 0.10 WHEN 3 THEN 0.1000 ELSE f.number * 3.14159265358979323846 END,
  CASE (f.number + n) % 5 WHEN 0 THEN NULL WHEN 1 THEN 'Infinity' WHEN 2 THEN '-0' ELSE 1.0 / (f.number + n) END,
  CASE WHEN n % 2 = 0 THEN 'EUR' END, 'seed', f.filed_at + n * interval '1 second'
FROM filings AS f, generate_series(1, current_setting('lab.metrics')::int) AS n;
