package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const canary = "cAnArY7"

func TestNoMessageContainsASecret(t *testing.T) {
	environments := [][]string{
		{"SECRET_KEY=" + canary + "\n"},
		{"SECRET_KEY= " + canary},
		{"SECRET_KEY_FALLBACKS=" + canary + ",,"},
		{"SIGNING_KEY=" + canary + "\n"},
		{"SIGNING_KEY= " + canary},
		{"SIGNING_KEY=-----BEGIN PRIVATE KEY-----\n" + canary + "\n-----END PRIVATE KEY-----"},
		{"VERIFYING_KEY=" + canary},
		{"VERIFYING_KEY=-----BEGIN PRIVATE KEY-----\n" + canary + "\n-----END PRIVATE KEY-----"},
		{"USE_JWT=1", "ALGORITHM=RS256", "SIGNING_KEY=" + canary},
		{"EMAIL_URL=smtp://user:" + canary + "@mail.example?tls=none"},
		{"EMAIL_URL=smtp://user:" + canary + "%zz@mail.example"},
		{"EMAIL_URL=smtp://user:" + canary + "@mail example"},
		{"EMAIL_URL=" + canary},
		{"DATABASE_URL=postgres://user:" + canary + "@h/d?password=" + canary},
		{"DATABASE_URL=postgres://user:" + canary + "%zz@h/d"},
		{"DATABASE_URL=postgres://user:" + canary + "@h:x/d"},
		{"DATABASE_URL=postgres://user:" + canary + "@h/d?sslmode=" + canary},
		{"DATABASE_URL=mysql://user:" + canary + "@h/d"},
		{"REDIS_URL=redis://user:" + canary + "@h/x"},
		{"REDIS_URL=rediss://user:" + canary + "%zz@h"},
		{"REDIS_URL=rediss://" + canary + "@h"},
		{"REDIS_URL=" + canary},
		{"PUBLIC_URL=https://user:" + canary + "@h"},
		{"ACCOUNT_EMAIL_CONFIRMATION_URL=https://user:" + canary + "@h/{key}"},
		{"SECRETKEY=" + canary},
		{"SOCIALACCOUNT_PROVIDERS={google: {secret: " + canary + "}}"},
	}
	for _, pairs := range environments {
		require.NotContains(t, wrong(t, pairs...).Error(), canary)
	}
	for _, content := range []string{
		"secret_key: [" + canary + "]", "secret_key: {" + canary + ": 1}", "secret_key: " + canary + ": x",
		"secret_key: \"" + canary, "secret_key: *" + canary, "secret_key: &" + canary + " x", "secret_key: !" + canary + " x",
		"secret_key: |\n  " + canary + "\n  x", "secret_key_fallbacks: [[" + canary + "]]", "secret_key: {" + canary, "secret_key: '" + canary + "' x",
		"socialaccount_providers: {google: {secret: [" + canary + "], client_id: a}}",
		"socialaccount_providers: {google: {secret: {" + canary + ": 1}, client_id: a}}",
		"socialaccount_providers: {google: {secret: " + canary + ", client_id: a, scope: {}}}",
		"socialaccount_providers: {google: " + canary + "}", "socialaccount_providers: [" + canary + "]",
		"signing_key: {" + canary + ": 1}", "signing_key: [" + canary + "]", "signing_key: |\n  " + canary + "\n  x", "verifying_key: " + canary,
		"email_url: smtp://u:" + canary + "@h?tls=none", "secret_key: " + canary + "\nsecret_key: " + canary,
	} {
		require.NotContains(t, fromFile(t, content).Error(), canary, content)
	}
}

func TestNothingPrintedContainsASecret(t *testing.T) {
	c, err := Load(file(t, "socialaccount_providers: {google: {client_id: a, secret: "+canary+"}}"), variables([]string{
		"SECRET_KEY=" + canary, "SECRET_KEY_FALLBACKS=" + canary + "2," + canary, "EMAIL_URL=smtps://user:" + canary + "@mail.example",
		"USE_JWT=true", "SIGNING_KEY=" + canary, "DATABASE_URL=postgres://user:" + canary + "@db.example/d",
		"REDIS_URL=redis://:" + canary + "@redis.example",
	}))
	require.NoError(t, err)
	var b strings.Builder
	n, err := c.WriteTo(&b)
	require.NoError(t, err)
	require.EqualValues(t, b.Len(), n)
	for _, printed := range []string{b.String(), fmt.Sprintf("%v %+v %#v", c, c, c), strings.Join(c.Warnings, "")} {
		require.NotContains(t, printed, canary)
	}
	require.Contains(t, b.String(), "SECRET_KEY=[secret]\n")
	require.Contains(t, b.String(), "\nSIGNING_KEY=[secret]\n")
	require.Contains(t, b.String(), "SECRET_KEY_FALLBACKS=[secret],[secret]\n")
	require.Contains(t, b.String(), "EMAIL_URL=smtps://user:[secret]@mail.example:465\n")
	require.Contains(t, b.String(), "REDIS_URL=redis://:[secret]@redis.example:6379/0\n")
	require.Contains(t, b.String(), `SOCIALACCOUNT_PROVIDERS={google: {kind: "google", client_id: "a", secret: "[secret]"}}`)
	require.Contains(t, b.String(), "DATABASE_URL=postgres://user:[secret]@db.example/d\n")
	require.Equal(t, "postgres://user:"+canary+"@db.example/d", c.Database.Postgres.Reveal())
	require.Equal(t, canary, c.Mail.Transport.Password.Reveal())
	require.Equal(t, canary, c.JWT.SigningKey.Reveal())
	require.Equal(t, canary, c.Redis.Password.Reveal())
}

func TestWhatStandsForASecretIsRefusedAsOne(t *testing.T) {
	for _, pair := range []string{"SECRET_KEY=[secret]", "SECRET_KEY_FALLBACKS=[secret]", "SIGNING_KEY=[secret]", "VERIFYING_KEY=[secret]", "EMAIL_URL=smtps://u:[secret]@h:465", "DATABASE_URL=postgres://u:[secret]@h/d", "REDIS_URL=rediss://u:[secret]@h"} {
		require.Len(t, wrong(t, pair), 1)
	}
	require.Len(t, fromFile(t, `socialaccount_providers: {google: {client_id: a, secret: "[secret]"}}`), 1)
}

func TestAPrivateKeyIsNeverPrinted(t *testing.T) {
	text := privatePEM(edKey("a"))
	body := strings.Split(text, "\n")[1]
	c := env(t, "USE_JWT=1", "ALGORITHM=EdDSA", "SIGNING_KEY="+text, "VERIFYING_KEY="+publicPEM(edKey("a")))
	for _, line := range c.Effective() {
		require.NotContains(t, line.Value, body)
	}
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", c, c, c), body)
	for _, pair := range []string{"SECRET_KEY=" + text, "VERIFYING_KEY=" + text, "SIGNING_KEY=" + text + text} {
		require.NotContains(t, wrong(t, pair).Error(), body)
	}
	require.NotContains(t, wrong(t, "USE_JWT=1", "SIGNING_KEY="+text).Error(), body)
	require.NotContains(t, wrong(t, "USE_JWT=1", "ALGORITHM=ES256", "SIGNING_KEY="+text).Error(), body)
}
