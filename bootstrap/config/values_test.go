package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// values lists for each setting texts that are read, with what is shown of them
// afterwards, and texts that are refused.
var values = map[string]struct {
	good map[string]string
	bad  []string
}{
	"BASE_PATH":                              {map[string]string{"/": "/", "/auth/": "/auth/", "/a/v1.0/": "/a/v1.0/"}, []string{"", "auth", "/auth", "auth/", "//", "/a//b/", "/../", "/./", "/:id/", "/*x/", "/a b/", "none"}},
	"SESSION_LOGIN":                          {map[string]string{"TRUE": "true", "yes": "true", "On": "true", "1": "true"}, []string{"", "ja", "2", "none", "t"}},
	"OLD_PASSWORD_FIELD_ENABLED":             {map[string]string{"False": "false", "no": "false", "off": "false", "0": "false"}, []string{"", "nope"}},
	"LOGOUT_ON_PASSWORD_CHANGE":              {map[string]string{"1": "true"}, []string{"x"}},
	"PASSWORD_RESET_USE_SITES_DOMAIN":        {map[string]string{"1": "true"}, []string{"x"}},
	"ALLAUTH":                                {map[string]string{"no": "false"}, []string{"x"}},
	"TOKEN_MODEL":                            {map[string]string{"Token": "token", "none": "none", "None": "none", "": "none"}, []string{"jwt", "false"}},
	"AUTH_CLASSES":                           {map[string]string{"session,token": "session,token", "Session": "session", " token , session ": "token,session", "JWT, session": "jwt,session"}, []string{"", "none", "basic", "token,token", "token,,session", "jwt,jwt"}},
	"REGISTER_PERMISSION":                    {map[string]string{"Authenticated": "authenticated"}, []string{"", "nobody"}},
	"ACCOUNT_LOGIN_METHODS":                  {map[string]string{"email,username": "email,username"}, []string{"", "phone", "username phone", "email,email"}},
	"ACCOUNT_SIGNUP_FIELDS":                  {map[string]string{"password1*": "password1*", "username,email*,password1*": "email*,username,password1*"}, []string{"", "email*,username*", "email,email*,password1*", "phone,password1*", "email**,password1"}},
	"ACCOUNT_EMAIL_VERIFICATION":             {map[string]string{"None": "none", "MANDATORY": "mandatory"}, []string{"", "maybe"}},
	"ACCOUNT_UNIQUE_EMAIL":                   {map[string]string{"0": "false"}, []string{"x"}},
	"SOCIALACCOUNT_SINGLE_USE_ID_TOKENS":     {map[string]string{"0": "false"}, []string{"x"}},
	"SOCIALACCOUNT_STORE_TOKENS":             {map[string]string{"0": "false"}, []string{"x"}},
	"SOCIALACCOUNT_REQUIRE_STATE":            {map[string]string{"0": "false"}, []string{"x"}},
	"SOCIALACCOUNT_EMAIL_AUTHENTICATION":     {map[string]string{"0": "false"}, []string{"x"}},
	"ACCOUNT_USERNAME_MIN_LENGTH":            {map[string]string{"3": "3", " 150 ": "150"}, []string{"", "0", "151", "-1", "1.5", "0x3", "99999999999999999999"}},
	"ACCOUNT_USERNAME_BLACKLIST":             {map[string]string{"admin,Root": "admin,Root", "none": "none", "": "none"}, []string{"a,a", "a,", "a,b\x00"}},
	"ACCOUNT_PRESERVE_USERNAME_CASING":       {map[string]string{"0": "false"}, []string{"x"}},
	"ACCOUNT_LOGOUT_ON_GET":                  {map[string]string{"1": "true"}, []string{"x"}},
	"ACCOUNT_PREVENT_ENUMERATION":            {map[string]string{"1": "true"}, []string{"strict"}},
	"ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS": {map[string]string{"365": "365"}, []string{"0", "366", "3d", ""}},
	"ACCOUNT_EMAIL_SUBJECT_PREFIX":           {map[string]string{"[X] ": "[X] ", "": "", "none": "none"}, []string{"a\nBcc: b", strings.Repeat("x", 101), "\xff"}},
	"ACCOUNT_EMAIL_CONFIRMATION_URL":         {map[string]string{"https://a.example/#/v/{key}": "https://a.example/#/v/{key}", "http://a/?k={key}": "http://a/?k={key}", "": "none"}, []string{"https://a.example/", "https://{key}.example/", "https://a.example/{key}/{key}", "https://a.example/{key}/{uid}", "/v/{key}", "javascript:{key}", "https://u:p@a/{key}", "https://a b/{key}", "https://a.example/{key} x"}},
	"PASSWORD_RESET_CONFIRM_URL":             {map[string]string{"https://a/{uid}/{token}": "https://a/{uid}/{token}", "none": "none"}, []string{"https://a/{uid}", "https://a/{token}", "https://{uid}/{token}"}},
	"SOCIALACCOUNT_PROVIDERS":                {map[string]string{"none": "none", "": "none"}, []string{"{google: {client_id: a}}"}},
	"SECRET_KEY":                             {map[string]string{strings.Repeat("abcde", 10): redacted, "none": "none"}, []string{"", redacted, "a\nb", " a"}},
	"SECRET_KEY_FALLBACKS":                   {map[string]string{"a,b": "[secret],[secret]", "": "none"}, []string{"a,,b", redacted, "a\nb"}},
	"ALLOWED_HOSTS":                          {map[string]string{"A.example,.b.example,*": "a.example,.b.example,*", "127.0.0.1,[::1]": "127.0.0.1,[::1]", "none": "none"}, []string{"https://a.example", "a.example:80", "a b", "*.example", "a..b", ".", "-a"}},
	"DATABASE_URL":                           {map[string]string{"sqlite:///a/b.db": "sqlite:///a/b.db", "sqlite://b.db": "sqlite://b.db", "sqlite://./x/b": "sqlite://./x/b", "postgres://u:p@h/d": "postgres://u:[secret]@h/d", "postgresql://h:5433/d?sslmode=verify-full&default_query_exec_mode=exec": "postgresql://h:5433/d?sslmode=verify-full&default_query_exec_mode=exec", "postgres:///d?host=/run/postgresql&port=6432": "postgres:///d?host=/run/postgresql&port=6432"}, []string{"sqlite://", "sqlite:", "sqlite://:memory:", "sqlite:///a?mode=ro", "sqlite:///a%20b", "sqlite:///a#b", "sqlite:///a/", "mysql://a", "/a/b.db", "postgres://u:p@h", "postgres:///d", "postgres://h/d/e", "postgres://h:0x/d", "postgres://h h/d", "postgres://h/d#f", "postgres://h/d?password=x", "postgres://h/d?sslmode=none", "postgres://h/d?host=other", "postgres://h/d?sslmode=require&sslmode=disable", "postgres://h/d?default_query_exec_mode=simple_protocol", "postgres://h/d?options=-cstatement_timeout=0", "postgres://u:%0A@h/d"}},
	"DATABASE_MAX_CONNECTIONS":               {map[string]string{"2": "2", "100": "100"}, []string{"1", "0", "x", "10001"}},
	"DATABASE_STATEMENT_TIMEOUT":             {map[string]string{"0": "0", "1m": "60"}, []string{"", "none", "-1", "0.5s"}},
	"PASSWORD_HASHERS":                       {map[string]string{"bcrypt:10": "bcrypt:10", "argon2:m=19456;t=2;p=1,scrypt": "argon2:m=19456;t=2;p=1,scrypt"}, []string{"", "none", "md5", "argon2,argon2", "argon2,argon2:m=19456;t=2;p=1", "bcrypt:99"}},
	"AUTH_PASSWORD_VALIDATORS":               {map[string]string{"length:12": "length:12", "none": "none"}, []string{"", "length:0", "length:x", "haveibeenpwned", "common,common", "common,none"}},
	"PASSWORD_RESET_TIMEOUT":                 {map[string]string{"72h": "259200", "90s": "90", "1m30s": "90"}, []string{"0", "-5", "1500ms", "9999h", "x", "", "99999999999999999999", "9223372036854775807"}},
	"SESSION_COOKIE_NAME":                    {map[string]string{"my_s-1": "my_s-1"}, []string{"", "a;b", "a b", "a=b", "a,b", "a\tb", "ä", "a\r\nb"}},
	"SESSION_COOKIE_AGE":                     {map[string]string{"24h": "86400"}, []string{"0", "x", "100000h"}},
	"SESSION_COOKIE_DOMAIN":                  {map[string]string{".Example.com": ".example.com", "none": "none", "10.0.0.1": "10.0.0.1"}, []string{"a;b", "a b", "a,b", "https://a", "a:80", "..a", "::1", "a\r\nb"}},
	"SESSION_COOKIE_PATH":                    {map[string]string{"/a/b": "/a/b"}, []string{"", "a", "/a;Secure", "/a b", "/a,b", "/a\nb", "/ä"}},
	"SESSION_COOKIE_SECURE":                  {map[string]string{"1": "true"}, []string{"x"}},
	"SESSION_COOKIE_HTTPONLY":                {map[string]string{"0": "false"}, []string{"x"}},
	"SESSION_COOKIE_SAMESITE":                {map[string]string{"strict": "Strict", "false": "none-set", "none-set": "none-set", "LAX": "Lax"}, []string{"", "true", "Loose"}},
	"CSRF_COOKIE_NAME":                       {map[string]string{"x": "x"}, []string{"", "a;b"}},
	"CSRF_COOKIE_AGE":                        {map[string]string{"1": "1"}, []string{"0"}},
	"CSRF_COOKIE_DOMAIN":                     {map[string]string{"a.example": "a.example"}, []string{"a;b"}},
	"CSRF_COOKIE_SECURE":                     {map[string]string{"1": "true"}, []string{"x"}},
	"CSRF_COOKIE_SAMESITE":                   {map[string]string{"Strict": "Strict"}, []string{"x"}},
	"CSRF_HEADER_NAME":                       {map[string]string{"X-Token": "X-Token", "HTTP_X_CSRFTOKEN": "X-CSRFTOKEN"}, []string{"", "a b", "a:b", "HTTP_", "a\r\nb"}},
	"CSRF_TRUSTED_ORIGINS":                   {map[string]string{"https://A.example:8443,https://*.b.example": "https://a.example:8443,https://*.b.example", "none": "none"}, []string{"a.example", "https://a.example/", "https://a.example?x", "ftp://a", "https://*", "https://u@a", "null"}},
	"EMAIL_URL":                              {map[string]string{"console:": "console:", "file:///var/mail": "file:///var/mail", "smtp://127.0.0.1:2525": "smtp://127.0.0.1:2525?tls=none", "smtp://h": "smtp://h:587?tls=starttls", "smtps://U:p@H": "smtps://U:[secret]@h:465", "smtp://u@localhost": "smtp://u:[secret]@localhost:25?tls=none", "smtp://h:25?tls=none": "smtp://h:25?tls=none", "smtp://[::1]": "smtp://[::1]:25?tls=none"}, []string{"", "none", "console:x", "file://host/dir", "file:dir", "file:///d?x", "smtp:", "smtp://", "smtp://u:p@h?tls=none", "smtp://h?tls=maybe", "smtp://h?x=1", "smtps://h?tls=none", "smtp://h:0", "smtp://h:99999", "smtp://h:25/path", "http://h", "smtp://u:[secret]@h", "smtp://u%0d%0a:p@h", "smtp://h?tls=none&tls=starttls&x=y"}},
	"DEFAULT_FROM_EMAIL":                     {map[string]string{"Ann <a@example.com>": `"Ann" <a@example.com>`, "a@b.example": "a@b.example", "webmaster@localhost": "webmaster@localhost"}, []string{"", "none", "a", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "=?utf-8?q?a=0d=0aBcc:_x?= <a@example.com>"}},
	"SITE_NAME":                              {map[string]string{"My Site": "My Site", "none": "none"}, []string{strings.Repeat("x", 51), "a\nb"}},
	"SITE_DOMAIN":                            {map[string]string{"Example.com:8000": "example.com:8000", "": "none"}, []string{"https://a", "a/b", "a b", strings.Repeat("x", 101)}},
	"THROTTLE_RATE":                          {map[string]string{"5/min": "5/min", "1/s": "1/sec", "10/day": "10/day", "3/hour": "3/hour", "none": "none"}, []string{"5", "5/", "0/min", "-1/min", "5/month"}},
	"LISTEN":                                 {map[string]string{":80": ":80", "[::]:80": "[::]:80", "localhost:0": "localhost:0"}, []string{"", "80", "a:b:80", "127.0.0.1", "h:99999", "h:http", "h:+80", "a b:80"}},
	"PUBLIC_URL":                             {map[string]string{"https://A.example/": "https://a.example", "http://testserver": "http://testserver", "https://a/x/": "https://a/x"}, []string{"a.example", "ftp://a", "https://a?x", "https://a#x", "https://a?", "https://u:p@a", "https://", "https://a/%2f", "https://a b", "https://a//b"}},
	"DATA_DIR":                               {map[string]string{"/var/lib/latchkey": "/var/lib/latchkey", ".": "."}, []string{"", "/a?b", "/a%20b", "/a\nb"}},
	"TRUSTED_PROXIES":                        {map[string]string{"10.0.0.0/8,::1": "10.0.0.0/8,::1/128", "192.0.2.1": "192.0.2.1/32", "::ffff:10.0.0.1": "10.0.0.1/32", "none": "none"}, []string{"10.0.0.1/8", "proxy", "10.0.0.0/33", "fe80::1%eth0", "::ffff:10.0.0.0/104"}},
	"REDIS_URL":                              {map[string]string{"redis://H": "redis://h:6379/0", "rediss://u:p@h:6380/3": "rediss://u:[secret]@h:6380/3", "redis://:p%40@[::1]/": "redis://:[secret]@[::1]:6379/0", "REDIS://localhost:1/0": "redis://localhost:1/0", "none": "none", "": "none"}, []string{"redis", "redis:", "redis://", "redis:h", "http://h", "redis://h:0", "redis://h:99999", "redis://h/x", "redis://h/01", "redis://h/-1", "redis://h/1/2", "redis://h/65536", "redis://h?db=1", "redis://h#1", "redis://u@h", "redis://u:@h", "redis://u%0d%0a:p@h", "redis://u:p%0a@h", "redis://a b", "rediss://u:[secret]@h", "redis://a,b", "redis+unix:///s"}},
	"ACCOUNT_RATE_LIMITS": {map[string]string{
		"none": "none", "": "none", `{"login": "30/m", "signup": false}`: `{"login": "30/m/ip", "signup": false}`,
		"{login_failed: '10/m/ip,5/300s/key'}": `{"login_failed": "10/m/ip,5/5m/key"}`,
		"{}":                                   "{}", `{"manage_email": "10/m/user", "confirm_email": ""}`: `{"confirm_email": false, "manage_email": "10/m/user"}`,
	}, []string{
		"true", "30/m/ip", "{login: 30/x/ip}", "{login: 0/m/ip}", "{logins: 30/m/ip}", "{login: 30/m/user}", "{login: {a: b}}", "{login", "{a: b, a: b",
		"{reset_password_email: 5/m}", "{login: 1/m, login: 2/m}", "{confirm_email: 1/3m}",
	}},
	"PWNED_PASSWORDS_URL":          {map[string]string{"https://API.pwnedpasswords.com/range/": "https://api.pwnedpasswords.com/range/", "http://127.0.0.1:8080/": "http://127.0.0.1:8080/", "none": "none", "": "none"}, []string{"https://api.pwnedpasswords.com/range", "api.pwnedpasswords.com/range/", "https://u:p@h/", "https://h/?x=/", "ftp://h/"}},
	"RATE_LIMITS":                  {map[string]string{"Upstream": "upstream", "off": "off"}, []string{"", "true", "none"}},
	"HASH_WORKERS":                 {map[string]string{"4": "4"}, []string{"0", "-1", "1025", "x"}},
	"USE_JWT":                      {map[string]string{"1": "true", "No": "false"}, []string{"", "x"}},
	"JWT_AUTH_COOKIE":              {map[string]string{"my-access": "my-access", "": "none", "None": "none"}, []string{"a;b", "a b", "a=b", "a\r\nb", "ä"}},
	"JWT_AUTH_REFRESH_COOKIE":      {map[string]string{"my-refresh": "my-refresh", "none": "none"}, []string{"a;b", "a,b"}},
	"JWT_AUTH_REFRESH_COOKIE_PATH": {map[string]string{"/dj-rest-auth/": "/dj-rest-auth/"}, []string{"", "a", "/a;Secure", "/a b", "/a\nb"}},
	"JWT_AUTH_SECURE":              {map[string]string{"1": "true"}, []string{"x"}},
	"JWT_AUTH_HTTPONLY":            {map[string]string{"0": "false"}, []string{"x"}},
	"JWT_AUTH_SAMESITE":            {map[string]string{"strict": "Strict", "False": "none-set", "None": "None"}, []string{"", "true", "Loose"}},
	"JWT_AUTH_COOKIE_DOMAIN":       {map[string]string{".Example.com": ".example.com", "": "none"}, []string{"a;b", "https://a", "a:80"}},
	"JWT_AUTH_RETURN_EXPIRATION":   {map[string]string{"1": "true"}, []string{"x"}},
	"JWT_AUTH_COOKIE_USE_CSRF":     {map[string]string{"1": "true"}, []string{"x"}},
	"REQUEST_TIMEOUT":              {map[string]string{"1": "1", "30s": "30", "55": "55"}, []string{"", "none", "0", "56", "1.5s"}},
	"SHUTDOWN_DELAY":               {map[string]string{"0": "0", "5s": "5", "1m": "60"}, []string{"", "none", "-1", "61"}},
	"MFA":                          {map[string]string{"1": "true", "off": "false"}, []string{"", "staff"}},
	"MFA_EPHEMERAL_TOKEN_TIMEOUT":  {map[string]string{"60": "60", "5m": "300"}, []string{"", "0", "0.5s", "25h", "none"}},
	"MFA_TOTP_DIGITS":              {map[string]string{"8": "8", " 7 ": "7"}, []string{"", "5", "9", "six"}},
	"MFA_TOTP_PERIOD":              {map[string]string{"60": "60", "1m": "60", "15": "15"}, []string{"", "14", "301", "0", "30.5s"}},
	"MFA_TOTP_ISSUER":              {map[string]string{"Example & Söhne": "Example & Söhne", "": "none"}, []string{"a\nb", strings.Repeat("x", 101)}},
	"MFA_RECOVERY_CODE_COUNT":      {map[string]string{"1": "1", "60": "60"}, []string{"", "0", "61", "none"}},
	"THROTTLE_RATE_MFA_VERIFY":     {map[string]string{"5/min": "5/min", "none": "none"}, []string{"5", "0/min"}},
	"MFA_REQUIRED":                 {map[string]string{"staff": "staff", "ALL": "all", "None": "none"}, []string{"", "true", "everybody"}},
	"MFA_DJANGO_COMPATIBLE":        {map[string]string{"1": "true"}, []string{"x"}},
	"MFA_CONFIRM_CHANGES":          {map[string]string{"1": "true"}, []string{"x"}},
	"MFA_ON_PASSWORD_RESET":        {map[string]string{"1": "true"}, []string{"x"}},
	"MFA_ENDS_OLDER_REFRESH":       {map[string]string{"1": "true"}, []string{"x"}},
	"HASH_QUEUE":                   {map[string]string{"1": "1", "65536": "65536"}, []string{"0", "-1", "65537", "x"}},
	"HASH_QUEUE_TIMEOUT":           {map[string]string{"1": "1", "1m": "60"}, []string{"0", "none", "61", "1.5s", "x"}},
	"JWT_AUTH_COOKIE_ENFORCE_CSRF_ON_UNAUTHENTICATED": {map[string]string{"1": "true"}, []string{"x"}},
	"JWT_FIELD_NAMES":                 {map[string]string{"V3": "v3", "both": "both"}, []string{"", "none", "v5"}},
	"JWT_TRANSPORT":                   {map[string]string{"Cookie": "cookie", "body": "body", "both": "both", "": "none"}, []string{"header", "cookie,body"}},
	"ACCESS_TOKEN_LIFETIME":           {map[string]string{"600": "600", "1h": "3600"}, []string{"", "0", "-1", "none", "99999999h", "0.5s"}},
	"REFRESH_TOKEN_LIFETIME":          {map[string]string{"7200": "7200", "720h": "2592000"}, []string{"", "0", "none", "90000h"}},
	"ROTATE_REFRESH_TOKENS":           {map[string]string{"1": "true"}, []string{"x"}},
	"BLACKLIST_AFTER_ROTATION":        {map[string]string{"1": "true"}, []string{"x"}},
	"UPDATE_LAST_LOGIN":               {map[string]string{"1": "true"}, []string{"x"}},
	"TOKEN_BLACKLIST":                 {map[string]string{"1": "true"}, []string{"x"}},
	"ALGORITHM":                       {map[string]string{"hs512": "HS512", "EDDSA": "EdDSA", "RS256": "RS256", "ps384": "PS384", "ES512": "ES512"}, []string{"", "none", "HS1", "ES256K", "RS256,HS256"}},
	"SIGNING_KEY":                     {map[string]string{"another-signing-key-0123456789-0123456789-0123456789": redacted, privatePEM(edKey("a")): redacted, oneLine(privatePEM(edKey("a"))): redacted, "none": "none"}, []string{"", redacted, "a\nb", " a", publicPEM(edKey("a")), privatePEM(edKey("a")) + privatePEM(edKey("b")), "x" + privatePEM(edKey("a")), "x\n" + privatePEM(edKey("a")), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----"}},
	"VERIFYING_KEY":                   {map[string]string{publicPEM(edKey("a")): redacted, oneLine(publicPEM(edKey("a"))): redacted, "none": "none", "": "none"}, []string{redacted, "text", privatePEM(edKey("a")), publicPEM(edKey("a")) + privatePEM(edKey("a")), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"}},
	"AUDIENCE":                        {map[string]string{"api.example": "api.example", "a, b": "a,b", "": "none"}, []string{"a,a", "a,,b", "a\nb"}},
	"ISSUER":                          {map[string]string{"https://issuer.example": "https://issuer.example", "none": "none"}, []string{"a\nb", strings.Repeat("x", 201)}},
	"LEEWAY":                          {map[string]string{"30": "30", "1m": "60", "0": "0"}, []string{"", "-1", "25h", "none"}},
	"AUTH_HEADER_TYPES":               {map[string]string{"JWT, Bearer": "JWT,Bearer"}, []string{"", "none", "My Bearer", "JWT,JWT", "a:b", "a\r\nb"}},
	"USER_ID_FIELD":                   {map[string]string{"pk": "pk", "Username": "username", "email": "email"}, []string{"", "none", "password", "id,pk"}},
	"USER_ID_CLAIM":                   {map[string]string{"uid": "uid", "sub": "sub"}, []string{"", "none", "exp", "token_type", "jti", "iss", "aud", "iat", "nbf", "sid", "a\nb"}},
	"CHECK_REVOKE_TOKEN":              {map[string]string{"1": "true"}, []string{"x"}},
	"REVOKE_TOKEN_CLAIM":              {map[string]string{"hp": "hp"}, []string{"", "exp", strings.Repeat("x", 101)}},
	"PRESET":                          {map[string]string{"Secure": "secure", "COMPAT": "compat"}, []string{"", "none", "strict"}},
	"CORS_ALLOWED_ORIGINS":            {map[string]string{"https://A.example:8443,https://*.b.example": "https://a.example:8443,https://*.b.example", "*": "*", "http://localhost:3000": "http://localhost:3000", "none": "none"}, []string{"https:/", "a.example", "https://a.example/", "https://*", "https://a.*.example", "null", "https://u@a", "**", "https://a,https://a"}},
	"CORS_ALLOW_CREDENTIALS":          {map[string]string{"1": "true"}, []string{"x"}},
	"REFRESH_TOKEN_FAMILIES":          {map[string]string{"1": "true"}, []string{"x"}},
	"REFRESH_TOKEN_GRACE":             {map[string]string{"0": "0", "5m": "300"}, []string{"", "none", "-1", "301", "0.5s"}},
	"CHECK_SESSION":                   {map[string]string{"1": "true"}, []string{"x"}},
	"END_SESSIONS_ON_PASSWORD_CHANGE": {map[string]string{"1": "true"}, []string{"x"}},
	"CLEANUP_INTERVAL":                {map[string]string{"10m": "600", "0": "none", "none": "none", "720h": "2592000"}, []string{"-1", "721h", "x", "1500ms"}},
	"LOG_FORMAT":                      {map[string]string{"JSON": "json"}, []string{"", "xml"}},
	"LOG_LEVEL":                       {map[string]string{"DEBUG": "debug", "warn": "warn"}, []string{"", "info+2", "trace"}},
	"PASSKEYS":                        {map[string]string{"1": "true"}, []string{"x"}},
	"PASSKEY_RP_ID":                   {map[string]string{"example.com": "example.com", "localhost": "localhost", "none": "none", "": "none"}, []string{"https://example.com", "example.com:443", "127.0.0.1", "::1", "Example.com", "a b", "a/b"}},
	"PASSKEY_RP_NAME":                 {map[string]string{"My Site": "My Site", "none": "none"}, []string{"a\nb", strings.Repeat("x", 101)}},
	"PASSKEY_RP_ORIGINS":              {map[string]string{"https://example.com,https://app.example.com:8443": "https://example.com,https://app.example.com:8443", "http://localhost:3000": "http://localhost:3000", "android:apk-key-hash:AbC-_1": "android:apk-key-hash:AbC-_1", "none": "none"}, []string{"https://example.com/", "HTTPS://example.com", "https://Example.com", "https://example.com:443", "http://example.com", "http://localhost:80", "https://127.0.0.1", "http://127.0.0.1:8000", "https://*.example.com", "*", "null", "android:apk-key-hash:", "android:apk-key-hash:a b", "https://a.example,https://a.example"}},
	"PASSKEY_CHALLENGE_TIMEOUT":       {map[string]string{"2": "2", "5m": "300"}, []string{"0", "3601", "x"}},
	"PASSKEY_USER_VERIFICATION":       {map[string]string{"Required": "required"}, []string{"", "discouraged", "none"}},
}

func TestEverySettingThatWorksHasValuesInTheTable(t *testing.T) {
	for _, s := range Describe() {
		_, listed := values[s.Name]
		require.NotEqual(t, s.Later, listed, s.Name)
	}
}

func TestGoodValuesAreRead(t *testing.T) {
	for name, v := range values {
		for text, want := range v.good {
			r := newReader()
			r.readEnvironment(variables([]string{name + "=" + text}))
			c, failed := read(r)
			require.Empty(t, failed, "%s=%s", name, text)
			require.Equal(t, want, shown(c, name), "%s=%s", name, text)
		}
	}
}

// read parses without judging combinations.
func read(r *reader) (Config, Problems) {
	c, problems := Config{}, r.problems
	for _, s := range r.table {
		s.initialize(&c)
		if g, ok := r.found[s.Name]; ok {
			if err := s.assign(g.value, &c); err != nil {
				problems = append(problems, explain(s, g, err)...)
			}
		}
	}
	return c, problems
}

func shown(c Config, name string) string {
	for _, s := range Describe() {
		if s.Name == name {
			return s.show(c)
		}
	}
	return "unknown"
}

func TestBadValuesAreRefusedWithAdvice(t *testing.T) {
	for name, v := range values {
		for _, text := range v.bad {
			problems := wrong(t, name+"="+text)
			require.Len(t, problems, 1, "%s=%s: %v", name, text, problems)
			require.Contains(t, problems[0], prefix+name)
			require.Regexp(t, `(write|name it once|remove|leave it at|is no |cost)`, problems[0])
			require.NotContains(t, problems[0], "\n")
			require.Regexp(t, `\.$`, problems[0])
		}
	}
}
