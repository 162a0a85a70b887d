/** What a JSON input may hold: fields, lists of one shape, or a value that is not looked into. */
export type Shape = 'value' | readonly Shape[] | { readonly [field: string]: Shape };

/** The shape of the input that an option takes; undefined for what is not in the table. */
export const awsShape = (service: string, operation: string, option: string): Shape | undefined =>
  SHAPES[`${service} ${operation} ${option}`];

const TAG: Shape = { Key: 'value', Value: 'value' };
const SIZES = { ObjectSizeGreaterThan: 'value', ObjectSizeLessThan: 'value' } as const;
const STATUS: Shape = { Status: 'value' };

const LIFECYCLE: Shape = {
  Rules: [
    {
      ID: 'value',
      Prefix: 'value',
      Status: 'value',
      Filter: { Prefix: 'value', Tag: TAG, ...SIZES, And: { Prefix: 'value', Tags: [TAG], ...SIZES } },
      Expiration: { Date: 'value', Days: 'value', ExpiredObjectDeleteMarker: 'value' },
      Transitions: [{ Date: 'value', Days: 'value', StorageClass: 'value' }],
      NoncurrentVersionTransitions: [
        { NoncurrentDays: 'value', StorageClass: 'value', NewerNoncurrentVersions: 'value' },
      ],
      NoncurrentVersionExpiration: { NoncurrentDays: 'value', NewerNoncurrentVersions: 'value' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 'value' },
    },
  ],
};

const REPLICATION: Shape = {
  Role: 'value',
  Rules: [
    {
      ID: 'value',
      Priority: 'value',
      Prefix: 'value',
      Status: 'value',
      Filter: { Prefix: 'value', Tag: TAG, And: { Prefix: 'value', Tags: [TAG] } },
      SourceSelectionCriteria: { SseKmsEncryptedObjects: STATUS, ReplicaModifications: STATUS },
      ExistingObjectReplication: STATUS,
      DeleteMarkerReplication: STATUS,
      Destination: {
        Bucket: 'value',
        Account: 'value',
        StorageClass: 'value',
        AccessControlTranslation: { Owner: 'value' },
        EncryptionConfiguration: { ReplicaKmsKeyID: 'value' },
        ReplicationTime: { Status: 'value', Time: { Minutes: 'value' } },
        Metrics: { Status: 'value', EventThreshold: { Minutes: 'value' } },
      },
    },
  ],
};

const CHANGE_BATCH: Shape = {
  Comment: 'value',
  Changes: [
    {
      Action: 'value',
      ResourceRecordSet: {
        Name: 'value',
        Type: 'value',
        TTL: 'value',
        SetIdentifier: 'value',
        Weight: 'value',
        Region: 'value',
        Failover: 'value',
        MultiValueAnswer: 'value',
        HealthCheckId: 'value',
        TrafficPolicyInstanceId: 'value',
        ResourceRecords: [{ Value: 'value' }],
        AliasTarget: { HostedZoneId: 'value', DNSName: 'value', EvaluateTargetHealth: 'value' },
        GeoLocation: { ContinentCode: 'value', CountryCode: 'value', SubdivisionCode: 'value' },
        CidrRoutingConfig: { CollectionId: 'value', LocationName: 'value' },
        GeoProximityLocation: 'value',
      },
    },
  ],
};

const DELETE: Shape = {
  Objects: [{ Key: 'value', VersionId: 'value', ETag: 'value', LastModifiedTime: 'value', Size: 'value' }],
  Quiet: 'value',
};

const RESTORE: Shape = {
  Days: 'value',
  GlacierJobParameters: { Tier: 'value' },
  Type: 'value',
  Tier: 'value',
  Description: 'value',
  SelectParameters: 'value',
  OutputLocation: 'value',
};

/* The inputs of a few operations, from the models of botocore 1.43 (S3, API version 2006-03-01; Route 53, 2013-04-01). */
const SHAPES: Readonly<Record<string, Shape>> = {
  's3api put-bucket-lifecycle-configuration lifecycle-configuration': LIFECYCLE,
  's3api put-bucket-replication replication-configuration': REPLICATION,
  's3api put-bucket-versioning versioning-configuration': { Status: 'value', MFADelete: 'value' },
  's3api delete-objects delete': DELETE,
  's3api restore-object restore-request': RESTORE,
  'route53 change-resource-record-sets change-batch': CHANGE_BATCH,
};
