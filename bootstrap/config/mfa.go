package config

import (
	"time"

	"latchkey/domain/credentials"
	"latchkey/domain/factors"
)

// MFA says who has a second factor and what it is.
type MFA struct {
	Enabled       bool
	TokenTimeout  time.Duration // of what waits for a code
	Digits        int
	Period        time.Duration // whole seconds
	Issuer        string        // may be empty
	RecoveryCodes int
	Throttle      credentials.Limit // DRF's scope dj_rest_auth_mfa_verify; zero: no limit
	Required      MFARequired
	// DjangoCompatible keeps factors such that dj-rest-auth reads them.
	DjangoCompatible bool
	// Confirm asks for a password or a code when a factor is changed.
	Confirm bool
	// OnReset asks for the second factor when a password is reset.
	OnReset bool
	// RefreshNeedsFactor refuses refresh tokens from before the factor.
	RefreshNeedsFactor bool
}

// MFARequired says who must have a second factor.
type MFARequired string

// Who must have a second factor.
const (
	MFARequiredNone  MFARequired = "none"
	MFARequiredStaff MFARequired = "staff"
	MFARequiredAll   MFARequired = "all"
)

func factorSettings() []Setting {
	return []Setting{
		setting("MFA", "false", "the endpoints `mfa/` exist, and a second factor is demanded of those who set one up", boolean,
			func(c *Config) *bool { return &c.MFA.Enabled }).onWhenSecure(),
		setting("MFA_EPHEMERAL_TOKEN_TIMEOUT", "300", "seconds from the password to the code", duration(time.Second, day),
			func(c *Config) *time.Duration { return &c.MFA.TokenTimeout }),
		setting("MFA_TOTP_DIGITS", "6", "of a code; 6, 7 or 8", integer(6, 8),
			func(c *Config) *int { return &c.MFA.Digits }),
		setting("MFA_TOTP_PERIOD", "30", "seconds that a code is shown, from 15 to 300", duration(15*time.Second, 5*time.Minute),
			func(c *Config) *time.Duration { return &c.MFA.Period }),
		setting("MFA_TOTP_ISSUER", "none", "how authenticator apps name the service", orNone(words(100)),
			func(c *Config) *string { return &c.MFA.Issuer }),
		setting("MFA_RECOVERY_CODE_COUNT", "10", "", integer(1, factors.MaxCodes),
			func(c *Config) *int { return &c.MFA.RecoveryCodes }),
		setting("THROTTLE_RATE_MFA_VERIFY", "none", "DRF's rate of the scope `dj_rest_auth_mfa_verify`", orNone(rate),
			func(c *Config) *credentials.Limit { return &c.MFA.Throttle }),
		setting("MFA_REQUIRED", "none", "who must have a second factor: `none`, `staff` (and superusers) or `all`; who must and has none can do nothing but set one up", mfaRequired,
			func(c *Config) *MFARequired { return &c.MFA.Required }),
		setting("MFA_DJANGO_COMPATIBLE", "false", "new factors are kept as dj-rest-auth keeps them, readable in the database, and recovery codes can be listed", boolean,
			func(c *Config) *bool { return &c.MFA.DjangoCompatible }),
		setting("MFA_CONFIRM_CHANGES", "false", "setting up a factor asks for `password` again, and making or listing recovery codes for a `code` of the factor", boolean,
			func(c *Config) *bool { return &c.MFA.Confirm }).onWhenSecure(),
		setting("MFA_ON_PASSWORD_RESET", "false", "a password reset asks for `code` of those who have a second factor", boolean,
			func(c *Config) *bool { return &c.MFA.OnReset }),
		setting("MFA_ENDS_OLDER_REFRESH", "false", "refresh tokens from before the second factor was set up are refused", boolean,
			func(c *Config) *bool { return &c.MFA.RefreshNeedsFactor }).onWhenSecure(),
	}
}

// mfaRequired reads the empty text as a mistake, and not as nobody: what was to protect
// must not be off because a variable is empty.
var mfaRequired = oneOf(MFARequiredNone, MFARequiredStaff, MFARequiredAll)
