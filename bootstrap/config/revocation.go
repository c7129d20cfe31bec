package config

import "time"

// Cleanup removes what has expired: sessions, tokens, families and old rows of
// the outbox.
type Cleanup struct {
	Interval time.Duration // whole seconds; zero: never
}

// revocationSettings are about what is over: what ends when, and when it is removed.
func revocationSettings() []Setting {
	return []Setting{
		setting("REFRESH_TOKEN_FAMILIES", "false", "refresh tokens belong to a family that began at a login; with `ROTATE_REFRESH_TOKENS` each is good for one refresh, and a reused one ends the family", boolean,
			func(c *Config) *bool { return &c.JWT.Families }).onWhenSecure(),
		setting("REFRESH_TOKEN_GRACE", "10s", "within it a refresh token of a family that was just used gets the same successor again; at most `5m`", duration(0, 5*time.Minute),
			func(c *Config) *time.Duration { return &c.JWT.Grace }),
		setting("CHECK_SESSION", "false", "access tokens carry a session id that is checked on use, so that logout, disabling and password change take effect at once", boolean,
			func(c *Config) *bool { return &c.JWT.CheckSession }).onWhenSecure(),
		setting("END_SESSIONS_ON_PASSWORD_CHANGE", "false", "a password change or reset ends every other session, token and refresh family", boolean,
			func(c *Config) *bool { return &c.Sessions.EndOnPasswordChange }).onWhenSecure(),
		setting("CLEANUP_INTERVAL", "1h", "how often expired sessions, tokens, families and old outbox rows are removed; `none` = never", orNone(duration(0, 30*day)),
			func(c *Config) *time.Duration { return &c.Cleanup.Interval }),
	}
}
