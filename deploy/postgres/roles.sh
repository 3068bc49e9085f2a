#!/bin/sh
# Makes the two roles and the database: run once by the postgres image, or by hand as its superuser.
# Wants CASEFLOW_OWNER_PASSWORD and CASEFLOW_PASSWORD.
set -eu
psql --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set owner="$CASEFLOW_OWNER_PASSWORD" --set app="$CASEFLOW_PASSWORD" <<'SQL'
CREATE ROLE caseflow_owner LOGIN PASSWORD :'owner';
CREATE ROLE caseflow LOGIN PASSWORD :'app';
CREATE DATABASE caseflow OWNER caseflow_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE caseflow FROM PUBLIC;
GRANT CONNECT ON DATABASE caseflow TO caseflow;
SQL
