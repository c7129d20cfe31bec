package conformance

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/passkeys"
)

// Passkeys tests an implementation of ports.Passkeys.
func Passkeys(t *testing.T, open Open) {
	t.Run("a credential comes back as it was added", func(t *testing.T) { passkeyRoundTrip(t, open(t)) })
	t.Run("an unknown credential is not found", func(t *testing.T) { passkeyUnknown(t, open(t)) })
	t.Run("an account's credentials come by id", func(t *testing.T) { passkeysOf(t, open(t)) })
	t.Run("a credential belongs to one account", func(t *testing.T) { passkeyTwice(t, open(t)) })
	t.Run("a credential of nobody is not stored", func(t *testing.T) { passkeyOfNobody(t, open(t)) })
	t.Run("Update changes what can be changed", func(t *testing.T) { passkeyUpdate(t, open(t)) })
	t.Run("Update stores nothing when change fails", func(t *testing.T) { passkeyUpdateFails(t, open(t)) })
	t.Run("a removed credential is not found", func(t *testing.T) { passkeyRemove(t, open(t)) })
	t.Run("nothing stays when a transaction fails", func(t *testing.T) { passkeyRollback(t, open(t)) })
	t.Run("of many who add one credential one succeeds", func(t *testing.T) { passkeyAddRace(t, open(t)) })
	t.Run("of many who remove one credential one succeeds", func(t *testing.T) { passkeyRemoveRace(t, open(t)) })
	t.Run("of many who use one count one succeeds", func(t *testing.T) { passkeyCountRace(t, open(t)) })
}

// aCredential is one whose id and key follow from the seed.
func aCredential(account accounts.ID, seed byte) *passkeys.Credential {
	return passkeys.New(account, "Läptop 🔑", passkeys.Attested{
		CredentialID:   bytes.Repeat([]byte{seed, 0, 0xff, '%'}, 8),
		PublicKey:      bytes.Repeat([]byte{0, seed, 0xfe}, 30),
		SignCount:      7,
		Transports:     []string{"usb", "hybrid"},
		Discoverable:   true,
		BackupEligible: true,
	}, now)
}

func addCredential(t *testing.T, stores Stores, account *accounts.Account, seed byte) *passkeys.Credential {
	t.Helper()
	credential := aCredential(account.ID(), seed)
	require.NoError(t, stores.Passkeys.Add(t.Context(), credential))
	require.NotZero(t, credential.ID())
	return credential
}

// sameCredential asserts what is stored under the credential id of want.
func sameCredential(t *testing.T, stores Stores, want *passkeys.Credential) {
	t.Helper()
	found, err := stores.Passkeys.ByCredentialID(t.Context(), want.CredentialID())
	require.NoError(t, err)
	require.Equal(t, want.Snapshot(), found.Snapshot())
}

func noCredential(t *testing.T, stores Stores, id []byte) {
	t.Helper()
	_, err := stores.Passkeys.ByCredentialID(t.Context(), id)
	require.ErrorIs(t, err, passkeys.ErrNotFound, "%x", id)
}

func passkeyRoundTrip(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	sameCredential(t, stores, addCredential(t, stores, ann, 1))
	for i, attested := range []passkeys.Attested{
		{CredentialID: make([]byte, passkeys.CredentialIDMinLength), PublicKey: []byte{0}},
		{CredentialID: bytes.Repeat([]byte{8}, 32), PublicKey: []byte("k"), Discoverable: true},
		{CredentialID: bytes.Repeat([]byte{'\'', '"', 0}, 341), PublicKey: make([]byte, passkeys.PublicKeyMaxLength), SignCount: math.MaxUint32},
		{CredentialID: bytes.Repeat([]byte{9}, 32), PublicKey: []byte("k"), SignCount: math.MaxInt32 + 1, BackupEligible: true, BackedUp: true, UserVerified: true},
	} {
		name := passkeys.Name(strings.Repeat("é", passkeys.NameMaxLength))
		credential := passkeys.New(ann.ID(), name, attested, now.Add(time.Duration(i)*time.Microsecond))
		require.NoError(t, stores.Passkeys.Add(t.Context(), credential))
		sameCredential(t, stores, credential)
	}
}

func passkeyUnknown(t *testing.T, stores Stores) {
	known := addCredential(t, stores, add(t, stores, "ann"), 1)
	id := known.CredentialID()
	for _, other := range [][]byte{{}, nil, id[:31], append(id, 0), bytes.ToUpper([]byte("a")), {'%'}} {
		noCredential(t, stores, other)
	}
	err := stores.Passkeys.Update(t.Context(), known.ID()+1, func(*passkeys.Credential) error { return nil })
	require.ErrorIs(t, err, passkeys.ErrNotFound)
	require.ErrorIs(t, stores.Passkeys.Remove(t.Context(), known.ID()+1), passkeys.ErrNotFound)
	sameCredential(t, stores, known)
}

func passkeysOf(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	first, others, second := addCredential(t, stores, ann, 9), addCredential(t, stores, bob, 5), addCredential(t, stores, ann, 1)
	for owner, want := range map[*accounts.Account][]*passkeys.Credential{ann: {first, second}, bob: {others}, add(t, stores, "none"): {}} {
		found, err := stores.Passkeys.Of(t.Context(), owner.ID())
		require.NoError(t, err)
		require.Len(t, found, len(want))
		for i, credential := range want {
			require.Equal(t, credential.Snapshot(), found[i].Snapshot())
		}
	}
	none, err := stores.Passkeys.Of(t.Context(), -1)
	require.NoError(t, err)
	require.Empty(t, none)
}

func passkeyTwice(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	credential := addCredential(t, stores, ann, 1)
	require.ErrorIs(t, stores.Passkeys.Add(t.Context(), aCredential(ann.ID(), 1)), passkeys.ErrAlreadyRegistered)
	require.ErrorIs(t, stores.Passkeys.Add(t.Context(), aCredential(bob.ID(), 1)), passkeys.ErrAlreadyRegistered)
	sameCredential(t, stores, credential)
}

func passkeyOfNobody(t *testing.T, stores Stores) {
	credential := aCredential(12345, 1)
	require.Error(t, stores.Passkeys.Add(t.Context(), credential))
	noCredential(t, stores, credential.CredentialID())
}

// use counts the credential up, as a login does.
func use(ctx context.Context, stores Stores, id passkeys.ID, count uint32) error {
	return stores.Passkeys.Update(ctx, id, func(credential *passkeys.Credential) error {
		return credential.Use(passkeys.Asserted{SignCount: count, BackupEligible: true, BackedUp: true, UserVerified: true}, now.Add(time.Hour))
	})
}

func passkeyUpdate(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	credential, other := addCredential(t, stores, ann, 1), addCredential(t, stores, ann, 2)
	require.NoError(t, use(t.Context(), stores, credential.ID(), math.MaxInt32+5))
	require.NoError(t, credential.Use(passkeys.Asserted{SignCount: math.MaxInt32 + 5, BackupEligible: true, BackedUp: true, UserVerified: true}, now.Add(time.Hour)))
	sameCredential(t, stores, credential)
	err := stores.Passkeys.Update(t.Context(), credential.ID(), func(stored *passkeys.Credential) error {
		s := stored.Snapshot()
		s.Name, s.Account, s.CredentialID, s.PublicKey, s.Transports = "new", 99, []byte("x"), []byte("x"), []string{"ble"}
		s.Discoverable = !s.Discoverable
		*stored = *passkeys.Restore(s)
		return nil
	})
	require.NoError(t, err)
	credential.Rename("new")
	sameCredential(t, stores, credential)
	sameCredential(t, stores, other)
}

func passkeyUpdateFails(t *testing.T, stores Stores) {
	credential := addCredential(t, stores, add(t, stores, "ann"), 1)
	err := stores.Passkeys.Update(t.Context(), credential.ID(), func(stored *passkeys.Credential) error {
		copy(stored.CredentialID(), "xx")
		stored.Rename("x")
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	sameCredential(t, stores, credential)
}

func passkeyRemove(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	removed, kept := addCredential(t, stores, ann, 1), addCredential(t, stores, ann, 2)
	require.NoError(t, stores.Passkeys.Remove(t.Context(), removed.ID()))
	require.ErrorIs(t, stores.Passkeys.Remove(t.Context(), removed.ID()), passkeys.ErrNotFound)
	noCredential(t, stores, removed.CredentialID())
	sameCredential(t, stores, kept)
	again := addCredential(t, stores, bob, 1)
	require.NotEqual(t, removed.ID(), again.ID())
	sameCredential(t, stores, again)
}

func passkeyRollback(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	used, removed := addCredential(t, stores, ann, 1), addCredential(t, stores, ann, 2)
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		require.NoError(t, stores.Passkeys.Add(ctx, aCredential(ann.ID(), 3)))
		require.NoError(t, use(ctx, stores, used.ID(), 8))
		require.NoError(t, stores.Passkeys.Remove(ctx, removed.ID()))
		of, err := stores.Passkeys.Of(ctx, ann.ID())
		require.NoError(t, err)
		require.Len(t, of, 2, "the transaction sees what it wrote")
		require.ErrorIs(t, stores.Passkeys.Add(ctx, aCredential(ann.ID(), 1)), passkeys.ErrAlreadyRegistered)
		require.NoError(t, stores.Passkeys.Add(ctx, aCredential(ann.ID(), 4)), "a refusal leaves the transaction open")
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	noCredential(t, stores, aCredential(0, 3).CredentialID())
	noCredential(t, stores, aCredential(0, 4).CredentialID())
	sameCredential(t, stores, used)
	sameCredential(t, stores, removed)
}

func passkeyAddRace(t *testing.T, stores Stores) {
	var contenders []*passkeys.Credential
	for i := range racers {
		contenders = append(contenders, aCredential(add(t, stores, fmt.Sprint("user", i)).ID(), 1))
	}
	errs := race(racers, func(i int) error { return stores.Passkeys.Add(t.Context(), contenders[i]) })
	oneWinner(t, errs, passkeys.ErrAlreadyRegistered)
	for i, err := range errs {
		if err == nil {
			sameCredential(t, stores, contenders[i])
		}
	}
}

func passkeyRemoveRace(t *testing.T, stores Stores) {
	credential := addCredential(t, stores, add(t, stores, "ann"), 1)
	errs := race(racers, func(int) error { return stores.Passkeys.Remove(t.Context(), credential.ID()) })
	oneWinner(t, errs, passkeys.ErrNotFound)
}

// A copy of an authenticator says the same count as the original: only one of them gets in.
func passkeyCountRace(t *testing.T, stores Stores) {
	credential := addCredential(t, stores, add(t, stores, "ann"), 1)
	errs := race(racers, func(int) error { return use(t.Context(), stores, credential.ID(), 8) })
	oneWinner(t, errs, passkeys.ErrRefused)
}
