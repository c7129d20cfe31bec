package config

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
)

func TestRatesThatAreWrittenReplaceThoseOfTheirNameAlone(t *testing.T) {
	usual := env(t).Limits.Named
	c := env(t, `ACCOUNT_RATE_LIMITS={"login": "30/m/ip", "signup": false}`)
	require.Equal(t, []credentials.Rate{{Limit: credentials.Limit{Count: 30, Per: time.Minute}, By: byAddress}}, c.Limits.Named["login"])
	require.Empty(t, c.Limits.Named["signup"])
	for name, rates := range usual {
		if name != "login" && name != "signup" {
			require.Equal(t, rates, c.Limits.Named[name], name)
		}
	}
}

func TestTheSetOfRatesIsChosen(t *testing.T) {
	for _, name := range []string{"login", "login_failed", "signup", "reset_password", "reset_password_from_key", "confirm_email", "change_password", "verify_email", "resend_email", "social_login", "token_refresh"} {
		require.NotEmpty(t, env(t).Limits.Named[name], name)
		require.Empty(t, env(t, "RATE_LIMITS=off").Limits.Named[name], name)
		if name != "confirm_email" {
			require.Empty(t, env(t, "RATE_LIMITS=upstream").Limits.Named[name], name)
		}
	}
	require.Equal(t, "1/3m/key", joinRates(env(t, "RATE_LIMITS=upstream").Limits.Named["confirm_email"]))
	c := env(t, "RATE_LIMITS=off", `ACCOUNT_RATE_LIMITS={"login_failed": "5/5m/key"}`)
	require.NotEmpty(t, c.Limits.Named["login_failed"])
	require.Empty(t, c.Warnings)
}

func TestFalseTurnsAllRatesOff(t *testing.T) {
	for name, rates := range env(t, "ACCOUNT_RATE_LIMITS=False").Limits.Named {
		require.Empty(t, rates, name)
	}
}

func TestRatesAreReadFromAFile(t *testing.T) {
	for _, content := range []string{
		"account_rate_limits:\n  login: 30/m/ip\n  login_failed: 10/m/ip, 5/5m/key\n  signup: false\n",
		"account_rate_limits:\n  login: [30/m/ip]\n  login_failed: [10/m/ip, 5/5m/key]\n  signup: none\n",
		`account_rate_limits: {login: "30/m", login_failed: "10/m,5/300s/key", signup: ""}`,
	} {
		c, err := Load(file(t, content), nil)
		require.NoError(t, err, content)
		require.Equal(t, "30/m/ip", joinRates(c.Limits.Named["login"]))
		require.Equal(t, "10/m/ip,5/5m/key", joinRates(c.Limits.Named["login_failed"]))
		require.Empty(t, c.Limits.Named["signup"])
	}
	c, err := Load(file(t, "account_rate_limits: false"), nil)
	require.NoError(t, err)
	require.Empty(t, c.Limits.Named["login"])
}

func TestEveryBadRateIsNamedWithWhatToWrite(t *testing.T) {
	problems := fromFile(t, "account_rate_limits:\n  login: 30/x/ip\n  logins: 30/m/ip\n  signup: 20/m/key\n  reset_password_email: 5/m\n  verify_email: {a: b}\n")
	require.Len(t, problems, 5)
	for i, want := range []string{
		`login: "30/x/ip" is no rate; write a number`, `"logins" is no name of a limit: write login, `, `signup: "20/m/key" cannot be counted by key: write ip.`,
		"write its rate behind that of reset_password", "verify_email: write a list.",
	} {
		require.Contains(t, problems[i], "account_rate_limits in line 1 of ")
		require.Contains(t, problems[i], want)
	}
}

func TestTheRatesInEffectCanBeWrittenBack(t *testing.T) {
	c := env(t, `ACCOUNT_RATE_LIMITS={"login": "7/90s/ip"}`)
	again := env(t, "RATE_LIMITS=off", "ACCOUNT_RATE_LIMITS="+shown(c, "ACCOUNT_RATE_LIMITS"))
	require.Equal(t, c.Limits.Named, again.Limits.Named)
}
