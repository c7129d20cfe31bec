package config

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// Accounts is what allauth's settings say about accounts.
type Accounts struct {
	LoginMethods       []LoginMethod // never empty
	Signup             SignupFields
	Verification       EmailVerification
	UniqueEmail        bool
	UsernameMinLength  int
	UsernameBlacklist  []string // as written; names are compared in lower case
	PreserveCasing     bool
	LogoutOnGet        bool
	PreventEnumeration bool
	ConfirmationExpiry time.Duration // whole days
	// SubjectPrefix starts the subject of every mail; nil is "[<site name>] ".
	SubjectPrefix *string
	// ConfirmationURL has the placeholder {key}; empty is the service's own page.
	ConfirmationURL LinkTemplate
	// ResetURL has the placeholders {uid} and {token}; empty is the service's own page.
	ResetURL LinkTemplate
}

// LoginMethod is what people sign in with besides the password.
type LoginMethod string

// The login methods.
const (
	LoginUsername LoginMethod = "username"
	LoginEmail    LoginMethod = "email"
)

// EmailVerification says whether an address must be proved before login.
type EmailVerification string

// The kinds of verification.
const (
	VerificationNone      EmailVerification = "none"
	VerificationOptional  EmailVerification = "optional"
	VerificationMandatory EmailVerification = "mandatory"
)

func accountSettings() []Setting {
	return []Setting{
		setting("ACCOUNT_LOGIN_METHODS", "username", "`username`, `email`, or both",
			atLeastOne(listOf(oneOf(LoginUsername, LoginEmail)), "username, email or both"),
			func(c *Config) *[]LoginMethod { return &c.Accounts.LoginMethods }),
		setting("ACCOUNT_SIGNUP_FIELDS", "email,username*,password1*,password2*", "`*` = required", signupFields,
			func(c *Config) *SignupFields { return &c.Accounts.Signup }),
		setting("ACCOUNT_EMAIL_VERIFICATION", "optional", "`none`, `optional`, `mandatory`",
			oneOf(VerificationNone, VerificationOptional, VerificationMandatory),
			func(c *Config) *EmailVerification { return &c.Accounts.Verification }),
		setting("ACCOUNT_UNIQUE_EMAIL", "true", "", boolean,
			func(c *Config) *bool { return &c.Accounts.UniqueEmail }),
		setting("ACCOUNT_USERNAME_MIN_LENGTH", "1", "", integer(1, 150),
			func(c *Config) *int { return &c.Accounts.UsernameMinLength }),
		setting("ACCOUNT_USERNAME_BLACKLIST", "none", "", listOf(words(150)),
			func(c *Config) *[]string { return &c.Accounts.UsernameBlacklist }),
		setting("ACCOUNT_PRESERVE_USERNAME_CASING", "true", "", boolean,
			func(c *Config) *bool { return &c.Accounts.PreserveCasing }),
		setting("ACCOUNT_LOGOUT_ON_GET", "false", "", boolean,
			func(c *Config) *bool { return &c.Accounts.LogoutOnGet }),
		setting("ACCOUNT_PREVENT_ENUMERATION", "false", "with mandatory verification: registering a taken address, also by a provider that did not verify it, answers like a new one, and its owner gets a mail instead", boolean,
			func(c *Config) *bool { return &c.Accounts.PreventEnumeration }).onWhenSecure(),
		setting("ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS", "3", "", days(1, 365),
			func(c *Config) *time.Duration { return &c.Accounts.ConfirmationExpiry }),
		setting("ACCOUNT_EMAIL_SUBJECT_PREFIX", "none", "the empty text = no prefix", subjectPrefix,
			func(c *Config) **string { return &c.Accounts.SubjectPrefix }).computedAs("`[<site name>] `"),
	}
}

// subjectPrefix keeps the spaces around the text: they belong to the subject.
var subjectPrefix = codec[*string]{
	parse: func(n node) (*string, error) {
		s, err := n.single()
		switch {
		case err != nil:
			return nil, err
		case strings.EqualFold(s, "none"):
			return nil, nil
		case !clean(s) || utf8.RuneCountInString(s) > 100:
			return nil, advice("write one line of at most 100 characters")
		default:
			return &s, nil
		}
	},
	show: func(s *string) string {
		if s == nil {
			return "none"
		}
		return *s
	},
}

// LinkTemplate is an absolute http or https URL with placeholders in braces; empty
// means the service's own page.
type LinkTemplate string

func linkSettings() []Setting {
	return []Setting{
		setting("ACCOUNT_EMAIL_CONFIRMATION_URL", "none", "front-end link, `{key}`", link("{key}"),
			func(c *Config) *LinkTemplate { return &c.Accounts.ConfirmationURL }).computedAs("the service's own page"),
		setting("PASSWORD_RESET_CONFIRM_URL", "none", "front-end link, `{uid}`, `{token}`", link("{uid}", "{token}"),
			func(c *Config) *LinkTemplate { return &c.Accounts.ResetURL }).computedAs("the service's own page"),
		setting("ALLAUTH", "true", "`false` = as without allauth: no registration, no social endpoints, base64 uid, Django's reset mail", boolean,
			func(c *Config) *bool { return &c.Endpoints.Allauth }),
	}
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// link reads a URL that has each of the placeholders and no other. One in the
// host would send the key to whoever answers for that name.
func link(placeholders ...string) codec[LinkTemplate] {
	refusal := advice("write an http or https URL with " + strings.Join(placeholders, " and ") + " behind the host")
	return orNone(simple(func(s string) (LinkTemplate, error) {
		filled := s
		for _, p := range placeholders {
			if strings.Count(s, p) != 1 {
				return "", refusal
			}
			filled = strings.Replace(filled, p, "x", 1)
		}
		u, ok := httpURL(filled)
		if !ok || strings.ContainsAny(filled, "{} ") || placeholder.MatchString(authority(s)) || u.Host == "" {
			return "", refusal
		}
		return LinkTemplate(s), nil
	}, func(t LinkTemplate) string { return string(t) }))
}

// authority returns what stands between "//" and the path, query or fragment.
func authority(s string) string {
	_, rest, _ := strings.Cut(s, "//")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}
