package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/identities"
)

// Identities tests an implementation of ports.Identities.
func Identities(t *testing.T, open Open) {
	t.Run("an identity comes back as it was added", func(t *testing.T) { identityRoundTrip(t, open(t)) })
	t.Run("an unknown identity is not found", func(t *testing.T) { identityUnknown(t, open(t)) })
	t.Run("keys are compared exactly", func(t *testing.T) { identityExact(t, open(t)) })
	t.Run("a subject is somebody else at another provider", func(t *testing.T) { identityElsewhere(t, open(t)) })
	t.Run("an account's identities come by id", func(t *testing.T) { identitiesOf(t, open(t)) })
	t.Run("an identity belongs to one account", func(t *testing.T) { identityTwice(t, open(t)) })
	t.Run("an identity of nobody is not stored", func(t *testing.T) { identityOfNobody(t, open(t)) })
	t.Run("Update changes one identity", func(t *testing.T) { identityUpdate(t, open(t)) })
	t.Run("Update stores nothing when change fails", func(t *testing.T) { identityUpdateFails(t, open(t)) })
	t.Run("a removed identity is not found", func(t *testing.T) { identityRemove(t, open(t)) })
	t.Run("nothing stays when a transaction fails", func(t *testing.T) { identityRollback(t, open(t)) })
	t.Run("of many who add one identity one succeeds", func(t *testing.T) { identityAddRace(t, open(t)) })
	t.Run("of many who remove one identity one succeeds", func(t *testing.T) { identityRemoveRace(t, open(t)) })
	t.Run("many who update one identity take turns", func(t *testing.T) { identityUpdateRace(t, open(t)) })
}

func aProfile(provider, subject string) identities.Profile {
	return identities.Profile{
		Key:   identities.Key{Provider: provider, Subject: subject},
		Extra: json.RawMessage(`{"name": "Änn", "n": 12345678901234567890, "in": {"list": [null, true]}}`),
	}
}

func addIdentity(t *testing.T, stores Stores, account *accounts.Account, provider, subject string) *identities.Identity {
	t.Helper()
	identity := identities.New(account.ID(), aProfile(provider, subject), now)
	require.NoError(t, stores.Identities.Add(t.Context(), identity))
	require.NotZero(t, identity.ID())
	return identity
}

// sameIdentity asserts what is stored under the key of want. JSON may be spelled differently.
func sameIdentity(t *testing.T, stores Stores, want *identities.Identity) {
	t.Helper()
	found, err := stores.Identities.ByKey(t.Context(), want.Key())
	require.NoError(t, err)
	expected, stored := want.Snapshot(), found.Snapshot()
	require.JSONEq(t, string(expected.Extra), string(stored.Extra))
	expected.Extra, stored.Extra = nil, nil
	require.Equal(t, expected, stored)
}

func noIdentity(t *testing.T, stores Stores, provider, subject string) {
	t.Helper()
	_, err := stores.Identities.ByKey(t.Context(), identities.Key{Provider: provider, Subject: subject})
	require.ErrorIs(t, err, identities.ErrNotFound, "%q at %q", subject, provider)
}

func identityRoundTrip(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	for _, subject := range []string{
		"1", "007", "ann@example.com", "Ünïcødé 🔑 \u202e", "a'b\"c\\d%_?", " ", strings.Repeat("é", identities.SubjectMaxLength),
	} {
		sameIdentity(t, stores, addIdentity(t, stores, ann, "google", subject))
	}
	bare := identities.New(ann.ID(), identities.Profile{Key: identities.Key{Provider: "google", Subject: "bare"}}, now)
	require.NoError(t, stores.Identities.Add(t.Context(), bare))
	found, err := stores.Identities.ByKey(t.Context(), bare.Key())
	require.NoError(t, err)
	require.JSONEq(t, "{}", string(found.Snapshot().Extra), "what a provider told is an object, always")
}

func identityUnknown(t *testing.T, stores Stores) {
	noIdentity(t, stores, "google", "1")
	found, err := stores.Identities.Of(t.Context(), 4711)
	require.NoError(t, err)
	require.Empty(t, found)
	require.ErrorIs(t, useIdentity(t.Context(), stores, 4711, "1"), identities.ErrNotFound)
	require.ErrorIs(t, stores.Identities.Remove(t.Context(), 4711), identities.ErrNotFound)
}

// Whoever can choose a subject that is taken for another's signs in to their account.
func identityExact(t *testing.T, stores Stores) {
	subject := "Ann1" + strings.Repeat("x", identities.SubjectMaxLength-4)
	identity := addIdentity(t, stores, add(t, stores, "ann"), "google", subject)
	for _, other := range []string{
		"", "%", strings.ToLower(subject), strings.ToUpper(subject), subject[1:], subject[:len(subject)-1],
		subject + "x", subject + " ", " " + subject[1:], subject + "\x00", strings.Replace(subject, "x", "х", 1),
	} {
		noIdentity(t, stores, "google", other)
	}
	for _, provider := range []string{"", "Google", "GOOGLE", "google ", "googl_", "googl"} {
		noIdentity(t, stores, provider, subject)
	}
	addIdentity(t, stores, add(t, stores, "bob"), "google", strings.ToLower(subject))
	addIdentity(t, stores, add(t, stores, "cy"), "google", "1")
	noIdentity(t, stores, "google", "01")
	noIdentity(t, stores, "google", "1.0")
	sameIdentity(t, stores, identity)
}

func identityElsewhere(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	first, second := addIdentity(t, stores, ann, "google", "1"), addIdentity(t, stores, bob, "github", "1")
	sameIdentity(t, stores, first)
	sameIdentity(t, stores, second)
	noIdentity(t, stores, "gitlab", "1")
}

func identitiesOf(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	var want []identities.ID
	for i := range 3 {
		want = append(want, addIdentity(t, stores, ann, fmt.Sprint("provider", 9-i), "1").ID())
		addIdentity(t, stores, bob, fmt.Sprint("provider", i), "2")
	}
	found, err := stores.Identities.Of(t.Context(), ann.ID())
	require.NoError(t, err)
	var ids []identities.ID
	for _, identity := range found {
		require.Equal(t, ann.ID(), identity.Account())
		ids = append(ids, identity.ID())
	}
	require.Equal(t, want, ids)
	require.IsIncreasing(t, ids)
}

func identityTwice(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	first := addIdentity(t, stores, ann, "google", "1")
	for _, account := range []*accounts.Account{ann, bob} {
		again := identities.New(account.ID(), aProfile("google", "1"), now.Add(time.Hour))
		require.ErrorIs(t, stores.Identities.Add(t.Context(), again), identities.ErrConnectedElsewhere)
		require.Zero(t, again.ID())
	}
	sameIdentity(t, stores, first)
}

func identityOfNobody(t *testing.T, stores Stores) {
	err := stores.Identities.Add(t.Context(), identities.New(4711, aProfile("google", "1"), now))
	require.Error(t, err)
	require.NotErrorIs(t, err, identities.ErrConnectedElsewhere)
	noIdentity(t, stores, "google", "1")
}

// useIdentity adds a character to what the provider told.
func useIdentity(ctx context.Context, stores Stores, id identities.ID, mark string) error {
	return stores.Identities.Update(ctx, id, func(identity *identities.Identity) error {
		var told string
		if json.Unmarshal(identity.Snapshot().Extra, &told) != nil {
			told = ""
		}
		extra, err := json.Marshal(told + mark)
		identity.Used(identities.Profile{Extra: extra}, now.Add(time.Hour))
		return err
	})
}

func identityUpdate(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	identity, other := addIdentity(t, stores, ann, "google", "1"), addIdentity(t, stores, ann, "google", "2")
	require.NoError(t, useIdentity(t.Context(), stores, identity.ID(), "é"))
	identity.Used(identities.Profile{Extra: json.RawMessage(`"é"`)}, now.Add(time.Hour))
	sameIdentity(t, stores, identity)
	sameIdentity(t, stores, other)
}

func identityUpdateFails(t *testing.T, stores Stores) {
	identity := addIdentity(t, stores, add(t, stores, "ann"), "google", "1")
	err := stores.Identities.Update(t.Context(), identity.ID(), func(identity *identities.Identity) error {
		copy(identity.Snapshot().Extra, "xx")
		identity.Used(identities.Profile{}, now.Add(time.Hour))
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	sameIdentity(t, stores, identity)
}

func identityRemove(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	removed, kept := addIdentity(t, stores, ann, "google", "1"), addIdentity(t, stores, ann, "github", "1")
	for _, identity := range []*identities.Identity{removed, kept} {
		require.NoError(t, stores.ProviderTokens.Keep(t.Context(), identity.ID(), aToken(1)))
	}
	require.NoError(t, stores.Identities.Remove(t.Context(), removed.ID()))
	require.ErrorIs(t, stores.Identities.Remove(t.Context(), removed.ID()), identities.ErrNotFound)
	noIdentity(t, stores, "google", "1")
	_, err := stores.ProviderTokens.Of(t.Context(), removed.ID())
	require.ErrorIs(t, err, identities.ErrNotFound)
	sameIdentity(t, stores, kept)
	sameToken(t, stores, kept.ID(), aToken(1))
	sameIdentity(t, stores, addIdentity(t, stores, bob, "google", "1"))
}

func identityRollback(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	used, removed := addIdentity(t, stores, ann, "google", "used"), addIdentity(t, stores, ann, "google", "removed")
	require.NoError(t, stores.ProviderTokens.Keep(t.Context(), removed.ID(), aToken(1)))
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		added := identities.New(ann.ID(), aProfile("google", "added"), now)
		require.NoError(t, stores.Identities.Add(ctx, added))
		require.NoError(t, useIdentity(ctx, stores, used.ID(), "x"))
		require.NoError(t, stores.Identities.Remove(ctx, removed.ID()))

		seen, err := stores.Identities.ByKey(ctx, added.Key())
		require.NoError(t, err, "the transaction sees what it wrote")
		require.Equal(t, added.ID(), seen.ID())
		of, err := stores.Identities.Of(ctx, ann.ID())
		require.NoError(t, err)
		require.Len(t, of, 2)
		require.ErrorIs(t, stores.Identities.Add(ctx, identities.New(ann.ID(), aProfile("google", "used"), now)),
			identities.ErrConnectedElsewhere)
		require.NoError(t, stores.Identities.Add(ctx, identities.New(ann.ID(), aProfile("google", "more"), now)),
			"a refusal leaves the transaction open")
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	noIdentity(t, stores, "google", "added")
	noIdentity(t, stores, "google", "more")
	sameIdentity(t, stores, used)
	sameIdentity(t, stores, removed)
	sameToken(t, stores, removed.ID(), aToken(1))
}

func identityAddRace(t *testing.T, stores Stores) {
	var contenders []*identities.Identity
	for i := range racers {
		account := add(t, stores, fmt.Sprint("user", i))
		contenders = append(contenders, identities.New(account.ID(), aProfile("google", "1"), now))
	}
	errs := race(racers, func(i int) error { return stores.Identities.Add(t.Context(), contenders[i]) })
	oneWinner(t, errs, identities.ErrConnectedElsewhere)
	for i, err := range errs {
		if err == nil {
			sameIdentity(t, stores, contenders[i])
		}
	}
}

func identityRemoveRace(t *testing.T, stores Stores) {
	identity := addIdentity(t, stores, add(t, stores, "ann"), "google", "1")
	require.NoError(t, stores.ProviderTokens.Keep(t.Context(), identity.ID(), aToken(1)))
	errs := race(racers, func(int) error { return stores.Identities.Remove(t.Context(), identity.ID()) })
	oneWinner(t, errs, identities.ErrNotFound)
	noIdentity(t, stores, "google", "1")
}

func identityUpdateRace(t *testing.T, stores Stores) {
	identity := addIdentity(t, stores, add(t, stores, "ann"), "google", "1")
	for _, err := range race(racers, func(int) error { return useIdentity(t.Context(), stores, identity.ID(), "x") }) {
		require.NoError(t, err)
	}
	identity.Used(identities.Profile{Extra: json.RawMessage(`"` + strings.Repeat("x", racers) + `"`)}, now.Add(time.Hour))
	sameIdentity(t, stores, identity)
}
