// The Elastic Common Schema, whose list of fields audit-schemas.test.ts reads.
module weir/test/ecs

go 1.21

require github.com/elastic/ecs v1.12.0
