package djangosign

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

func anAuthorization() identities.Authorization {
	return identities.Authorization{
		ID:          strings.Repeat("aB3", 11)[:identities.AuthorizationIDLength],
		Provider:    "google",
		CallbackURL: "https://app.example.com/callback",
		Began:       unix(1_795_399_697),
	}
}

func sealedText(t testing.TB, seals AuthorizationSeals, authorization identities.Authorization) string {
	t.Helper()
	sealed, err := seals.Seal(authorization)
	require.NoError(t, err)
	return sealed.Reveal()
}

// A change of this form breaks the sign-ins that are under way during an update.
func TestAuthorizationsKeepTheirForm(t *testing.T) {
	seals := NewAuthorizationSeals(someKeys(t, "key"))
	payload, made, ok := newSigner(someKeys(t, "key"), "latchkey.authorization").open(sealedText(t, seals, anAuthorization()))
	require.True(t, ok)
	require.Equal(t, anAuthorization().Began, made)
	text, err := base64.RawURLEncoding.DecodeString(payload)
	require.NoError(t, err)
	require.JSONEq(t, `{"id": "aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB", "provider": "google",
		"callback_url": "https://app.example.com/callback", "check": "`+seals.check(anAuthorization().ID)+`"}`, string(text))
}

func TestWhatIsDerivedIsAKeyedDigestOfTheID(t *testing.T) {
	seals := NewAuthorizationSeals(someKeys(t, "key"))
	derived := newMAC(someKeys(t, "key"), "latchkey.authorization.state", base64.RawURLEncoding.EncodeToString)
	require.Equal(t, derived.make(anAuthorization().ID), seals.Derive(anAuthorization(), "state"))
	require.NotEqual(t, seals.check(anAuthorization().ID), seals.Derive(anAuthorization(), "check"), "the seal shows the check")
	require.NotEqual(t, seals.Derive(anAuthorization(), "state"), NewAuthorizationSeals(someKeys(t, "other")).Derive(anAuthorization(), "state"))
}

func TestAuthorizationsThatNobodySignedAreRefused(t *testing.T) {
	keys := someKeys(t, "key")
	seals := NewAuthorizationSeals(keys)
	text := sealedText(t, seals, anAuthorization())
	forged := append(tampered(text), "::", sealedText(t, NewAuthorizationSeals(someKeys(t, "other")), anAuthorization()))
	payload, _, ok := seals.signer.open(text)
	require.True(t, ok)
	forged = append(forged,
		newSigner(keys, "account").sign(payload, unix(1)), // signed for another purpose
		seals.signer.sign("", unix(1)),                    // signed, but no authorization
		seals.signer.sign("e30", unix(1)),
		seals.signer.sign("e30=", unix(1)),
		seals.signer.sign("W10", unix(1)),
		seals.signer.sign(strings.Repeat("A", maxAuthorization), unix(1)))
	for _, text := range forged {
		opened, err := seals.Open(secret.New(text))
		require.ErrorIs(t, err, identities.ErrStateRefused, text)
		require.Zero(t, opened)
	}
}

func TestASignInThatIsUnderWaySurvivesANewKey(t *testing.T) {
	before, after := NewAuthorizationSeals(someKeys(t, "old")), NewAuthorizationSeals(someKeys(t, "new", "old"))
	opened, err := after.Open(secret.New(sealedText(t, before, anAuthorization())))
	require.NoError(t, err)
	require.Equal(t, anAuthorization(), opened)
	require.Equal(t, before.Derive(opened, "verifier"), after.Derive(opened, "verifier"))

	_, err = before.Open(secret.New(sealedText(t, after, anAuthorization())))
	require.ErrorIs(t, err, identities.ErrStateRefused, "fallbacks check but do not sign")
}

func TestASignInThatIsUnderWayStartsAgainWhenTheOldestKeyGoes(t *testing.T) {
	before := NewAuthorizationSeals(someKeys(t, "new", "old"))
	for _, after := range []AuthorizationSeals{
		NewAuthorizationSeals(someKeys(t, "new")), NewAuthorizationSeals(someKeys(t, "newer", "new")),
	} {
		require.NotEqual(t, before.Derive(anAuthorization(), "verifier"), after.Derive(anAuthorization(), "verifier"))
		_, err := after.Open(secret.New(sealedText(t, before, anAuthorization())))
		require.ErrorIs(t, err, identities.ErrStateRefused)
	}
}

func TestAnAuthorizationThatWouldNotOpenIsNotSealed(t *testing.T) {
	seals := NewAuthorizationSeals(someKeys(t, "key"))
	large := anAuthorization()
	large.CallbackURL += strings.Repeat("x", maxAuthorization)
	never, late := anAuthorization(), anAuthorization()
	never.Began, late.Began = time.Time{}, unix(maxTime+1)
	for _, unfit := range []identities.Authorization{large, never, late} {
		_, err := seals.Seal(unfit)
		require.ErrorIs(t, err, errAuthorizationUnfit)
	}
}

func FuzzAuthorizationsOpen(f *testing.F) {
	seals := NewAuthorizationSeals(someKeys(f, "key"))
	good := sealedText(f, seals, anAuthorization())
	f.Add(good)
	f.Add(seals.signer.sign("e30", unix(1)))
	f.Add(good[1:])
	f.Add("::")
	f.Fuzz(func(t *testing.T, text string) {
		opened, err := seals.Open(secret.New(text))
		if err != nil {
			require.ErrorIs(t, err, identities.ErrStateRefused)
			require.Zero(t, opened)
			return
		}
		require.Equal(t, good, text, "the one good seal that the fuzzer knows")
		require.Equal(t, anAuthorization(), opened)
	})
}
