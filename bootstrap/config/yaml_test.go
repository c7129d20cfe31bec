package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestYAMLValuesKeepTheirText(t *testing.T) {
	c, err := Load(file(t, strings.Join([]string{
		"---", "# comment", "session_login: on # why", "session_cookie_age: 3600", "hash_workers: '2'",
		"allowed_hosts: [a.example, .b.example]", "csrf_trusted_origins:", "  - https://a.example",
		"secret_key_fallbacks:", "  - 'one,with comma'", "  - two",
		"secret_key: 0123456789", "account_email_subject_prefix: '[Hi] '", "throttle_rate: null",
		"account_email_confirmation_url: >-", "  https://a.example/#/verify/{key}", "default_from_email: Ann <ann@example.com>",
		"site_name: \"caf\\u00e9\"", "throttle_rate_mfa_verify:", "token_model: none",
	}, "\n")), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"a.example", ".b.example"}, c.Server.AllowedHosts)
	require.Equal(t, []string{"https://a.example"}, c.CSRF.TrustedOrigins)
	require.Equal(t, "one,with comma", c.Keys.Fallbacks[0].Reveal())
	require.Equal(t, "0123456789", c.Keys.Secret.Reveal())
	require.Equal(t, "[Hi] ", *c.Accounts.SubjectPrefix)
	require.Equal(t, LinkTemplate("https://a.example/#/verify/{key}"), c.Accounts.ConfirmationURL)
	require.Equal(t, "Ann", c.Mail.From.Name)
	require.Equal(t, "café", *c.Site.Name)
	require.Equal(t, 2, c.Passwords.Workers)
	require.Equal(t, TokenModelNone, c.Endpoints.TokenModel)
}

func TestFilesWithoutSettingsAreFine(t *testing.T) {
	for _, content := range []string{"", "\n", "# nothing\n", "---\n", "{}", "\ufeff# mark\n", "\ufefflisten: :1\n"} {
		_, err := Load(file(t, content), nil)
		require.NoError(t, err, "%q", content)
	}
}

func TestWhatIsNotAPlainMappingIsAProblem(t *testing.T) {
	for content, want := range map[string]string{
		"- a\n- b\n":                            "write a YAML mapping",
		"just text":                             "write a YAML mapping",
		"listen: [":                             "correct the YAML in line 1",
		"a: 1\n---\nb: 2\n":                     "one YAML document",
		"listen: &x :1\n":                       "without anchors, aliases and tags in line 1",
		"listen: !!str :1\n":                    "without anchors, aliases and tags in line 1",
		"<<: {listen: a}\n":                     "write a name before the colon",
		"1: 2\n":                                "write a name before the colon in line 1",
		"listen: \xff\n":                        "UTF-8",
		"listen: [[[[[[[[[[1]]]]]]]]]]\n":       "nest less deeply",
		"listen: [a, b]\n":                      `is "a,b": write one value.`,
		"listen: {a: b}\n":                      "is a mapping: write one value.",
		"allowed_hosts: {a: b}\n":               "is a mapping: write a list.",
		"allowed_hosts: [[a]]\n":                "write a list of plain values",
		"allowed_hosts: [a, '']\n":              "remove the empty item",
		"listen:\n":                             "listen in line 1 of latchkey.yaml is empty: write host:port",
		"account_username_blacklist: ['a,b']\n": "no comma inside an item",
	} {
		problems := fromFile(t, content)
		require.Len(t, problems, 1, content)
		require.Contains(t, problems[0], want)
		require.Contains(t, problems[0], "latchkey.yaml")
	}
}

// The parser takes a colon inside braces for the end of a key even where no space follows.
func TestAColonInsideBracesIsNeverMisreadInSilence(t *testing.T) {
	for _, providers := range []string{
		"{google: {client_id: a:b}}", "{google: {client_id: a, callback_url: http://localhost:1/cb}}",
		"{google: {client_id: a, callback_url: [http://localhost:1/cb]}}", "{google: {client_id: a, secret: b:c}}",
	} {
		c, err := Load(file(t, "socialaccount_providers: "+providers), nil)
		if err != nil {
			require.Contains(t, err.Error(), "quotes around")
			continue
		}
		p := c.Providers[0]
		require.Contains(t, providers, strings.Join(p.CallbackURLs, ""))
		require.Contains(t, []string{"a", "a:b"}, p.ClientID)
		require.Contains(t, []string{"", "b:c"}, p.Secret.Reveal())
	}
}
