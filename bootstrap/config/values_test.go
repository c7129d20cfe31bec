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
	"AUTH_CLASSES":                           {map[string]string{"session,token": "session,token", "Session": "session", " token , session ": "token,session"}, []string{"", "none", "basic", "token,token", "token,,session", "token,jwt", "jwt"}},
	"REGISTER_PERMISSION":                    {map[string]string{"Authenticated": "authenticated"}, []string{"", "nobody"}},
	"ACCOUNT_LOGIN_METHODS":                  {map[string]string{"email,username": "email,username"}, []string{"", "phone", "username phone", "email,email"}},
	"ACCOUNT_SIGNUP_FIELDS":                  {map[string]string{"password1*": "password1*", "username,email*,password1*": "email*,username,password1*"}, []string{"", "email*,username*", "email,email*,password1*", "phone,password1*", "email**,password1"}},
	"ACCOUNT_EMAIL_VERIFICATION":             {map[string]string{"None": "none", "MANDATORY": "mandatory"}, []string{"", "maybe"}},
	"ACCOUNT_UNIQUE_EMAIL":                   {map[string]string{"0": "false"}, []string{"x"}},
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
	"DATABASE_URL":                           {map[string]string{"sqlite:///a/b.db": "sqlite:///a/b.db", "sqlite://b.db": "sqlite://b.db", "sqlite://./x/b": "sqlite://./x/b"}, []string{"sqlite://", "sqlite:", "sqlite://:memory:", "sqlite:///a?mode=ro", "sqlite:///a%20b", "sqlite:///a#b", "sqlite:///a/", "mysql://a", "/a/b.db", "postgres://u:p@h/d", "postgresql://h/d"}},
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
	"RATE_LIMITS":                            {map[string]string{"Upstream": "upstream", "off": "off"}, []string{"", "true", "none"}},
	"HASH_WORKERS":                           {map[string]string{"4": "4"}, []string{"0", "-1", "1025", "x"}},
	"LOG_FORMAT":                             {map[string]string{"JSON": "json"}, []string{"", "xml"}},
	"LOG_LEVEL":                              {map[string]string{"DEBUG": "debug", "warn": "warn"}, []string{"", "info+2", "trace"}},
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
