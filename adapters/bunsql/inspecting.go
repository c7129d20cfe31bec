package bunsql

// inspecting are the statements that look at a database as such.
type inspecting struct {
	// columns lists the columns of all tables: table, name, type, and whether an
	// INSERT has to name it.
	columns string
	// exclusive counts the unique indexes on account_emailaddress.email alone.
	exclusive string
	// enforced is set when the length of a type is.
	enforced bool
	// now is the time of the database; empty where it has none of its own.
	now string
}

var inspectingSQLite = inspecting{
	columns: `SELECT m.name AS table_name, c.name AS name, c.type AS type,
		c."notnull" AND c.dflt_value IS NULL AND NOT c.pk AS demanded
		FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type IN ('table', 'view')`,
	exclusive: `SELECT COUNT(*) FROM pragma_index_list('account_emailaddress') AS l WHERE l."unique" AND NOT l.partial
		AND (SELECT group_concat(name) FROM pragma_index_info(l.name)) = 'email'`,
}

var inspectingPostgres = inspecting{
	columns: `SELECT c.relname AS table_name, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
		a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS demanded
		FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
		WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace <> 'pg_catalog'::regnamespace
		AND pg_catalog.pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped`,
	exclusive: `SELECT COUNT(*) FROM pg_catalog.pg_index AS i WHERE i.indrelid = to_regclass('account_emailaddress')
		AND i.indisunique AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] =
		(SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = i.indrelid AND attname = 'email')`,
	enforced: true,
	now:      `SELECT clock_timestamp()`,
}

// shape is what the statements of this package want of a table of Django's kind.
type shape struct {
	table, app string
	// filled are the columns that are written, and read those that are only read.
	filled, read []string
}

var shapes = []shape{
	{table: "auth_user", app: "auth", read: []string{"id"}, filled: []string{"password", "last_login", "is_superuser",
		"username", "last_name", "email", "is_staff", "is_active", "date_joined", "first_name"}},
	{table: "account_emailaddress", app: "account", read: []string{"id"}, filled: []string{"verified", "primary", "user_id", "email"}},
	{table: "authtoken_token", app: "authtoken", filled: []string{"key", "created", "user_id"}},
	{table: "django_session", app: "sessions", filled: []string{"session_key", "session_data", "expire_date"}},
	{table: "django_site", app: "sites", read: []string{"id"}, filled: []string{"name", "domain"}},
	{table: "socialaccount_socialaccount", app: "socialaccount", read: []string{"id"},
		filled: []string{"provider", "uid", "last_login", "date_joined", "user_id", "extra_data"}},
	{table: "socialaccount_socialtoken", app: "socialaccount", read: []string{"id", "app_id"},
		filled: []string{"token", "token_secret", "expires_at", "account_id"}},
	{table: "token_blacklist_outstandingtoken", app: "token_blacklist", read: []string{"id"},
		filled: []string{"token", "jti", "created_at", "expires_at", "user_id"}},
	{table: "token_blacklist_blacklistedtoken", app: "token_blacklist", read: []string{"id"}, filled: []string{"blacklisted_at", "token_id"}},
	{table: "passkeys_webauthncredential", app: "passkeys", read: []string{"id"}, filled: []string{"name", "credential_id", "public_key",
		"sign_count", "transports", "discoverable", "created_at", "last_used_at", "user_id"}},
	{table: "dj_rest_auth_mfa_authenticator", app: "dj_rest_auth_mfa", read: []string{"id"},
		filled: []string{"data", "created_at", "last_used_at", "user_id", "type"}},
}
