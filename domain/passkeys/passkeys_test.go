package passkeys

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var now = time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)

func aCredential(count uint32, flags Flags) *Credential {
	return Restore(Snapshot{ID: 1, Account: 7, SignCount: count, Flags: flags})
}

// A counter that stands still or goes back is that of a copy; those that do not count say 0.
func TestTheCounterMustGrowUnlessItIsZeroForEver(t *testing.T) {
	for _, c := range []struct {
		stored, shown uint32
		good          bool
	}{
		{0, 0, true}, {0, 1, true}, {5, 6, true}, {5, 1 << 31, true}, {1<<31 + 1, 1<<31 + 2, true},
		{5, 5, false}, {5, 4, false}, {5, 0, false}, {1 << 31, 1, false},
	} {
		credential := aCredential(c.stored, Flags{})
		err := credential.Use(Asserted{SignCount: c.shown}, now)
		if c.good {
			require.NoError(t, err)
			require.Equal(t, c.shown, credential.Snapshot().SignCount)
			require.Equal(t, now, credential.Snapshot().LastUsed)
			continue
		}
		require.ErrorIs(t, err, ErrRefused, "%+v", c)
		require.Equal(t, aCredential(c.stored, Flags{}).Snapshot(), credential.Snapshot(), "a refusal changes nothing")
	}
}

func TestWhetherAKeyCanBeCopiedNeverChanges(t *testing.T) {
	for _, c := range []struct {
		known            bool
		stored, eligible bool
		backedUp, good   bool
	}{
		{true, false, false, false, true}, {true, true, true, false, true}, {true, true, true, true, true},
		{true, false, true, true, false}, {true, true, false, false, false},
		{false, false, true, true, true}, // Django did not keep it
		{false, false, false, true, false}, {true, true, false, true, false},
	} {
		credential := aCredential(1, Flags{Known: c.known, BackupEligible: c.stored})
		err := credential.Use(Asserted{SignCount: 2, BackupEligible: c.eligible, BackedUp: c.backedUp}, now)
		require.Equal(t, c.good, err == nil, "%+v", c)
		if c.good {
			require.Equal(t, Flags{Known: true, BackupEligible: c.eligible, BackedUp: c.backedUp}, credential.Snapshot().Flags)
		}
	}
}

// A PIN can be given to a key that has none by whoever found it.
func TestVerificationThatSetsInLaterProvesNothing(t *testing.T) {
	for _, flags := range []Flags{{}, {Known: true}, {Known: true, UserVerified: true}} {
		credential := aCredential(1, flags)
		for count := range uint32(3) {
			require.Equal(t, flags.UserVerified, credential.Verifies(Asserted{UserVerified: true}), "%+v", flags)
			require.False(t, credential.Verifies(Asserted{}), "%+v", flags)
			require.NoError(t, credential.Use(Asserted{SignCount: count + 2, UserVerified: count != 1}, now))
			require.Equal(t, flags.UserVerified, credential.Snapshot().Flags.UserVerified)
		}
	}
}

func TestRegistrationsAreBounded(t *testing.T) {
	good := Attested{CredentialID: make([]byte, 16), PublicKey: make([]byte, 77)}
	require.True(t, good.Fits())
	for name, change := range map[string]func(*Attested){
		"an id that can be guessed":       func(a *Attested) { a.CredentialID = make([]byte, 15) },
		"no id":                           func(a *Attested) { a.CredentialID = nil },
		"an id beyond WebAuthn's":         func(a *Attested) { a.CredentialID = make([]byte, 1024) },
		"a key that takes long to check":  func(a *Attested) { a.PublicKey = make([]byte, PublicKeyMaxLength+1) },
		"a copy of what cannot be copied": func(a *Attested) { a.BackedUp = true },
	} {
		bad := good
		change(&bad)
		require.False(t, bad.Fits(), name)
	}
	good.CredentialID = make([]byte, 1023)
	require.True(t, good.Fits())
}

func TestOriginsAreComparedToTheLetterAndFramesRefused(t *testing.T) {
	expected := Expected{RelyingParty: RelyingParty{ID: "example.com", Origins: []string{"https://example.com", "https://app.example.com"}}}
	require.True(t, expected.Allows(ClientData{Origin: "https://app.example.com"}))
	for _, origin := range []string{"", "null", "https://example.com/", "http://example.com", "https://EXAMPLE.com", "https://sub.example.com", "https://example.com:443"} {
		require.False(t, expected.Allows(ClientData{Origin: origin}), origin)
	}
	require.False(t, expected.Allows(ClientData{Origin: "https://example.com", CrossOrigin: true}))
}

// What an authenticator holds for one account signs in to no other. Credentials that
// Django registered are held for the primary key.
func TestUserHandlesBelongToTheOwner(t *testing.T) {
	own := []byte("handle of seven")
	for handle, good := range map[string]bool{"": true, "handle of seven": true, "7": true, "8": false, "77": false, "handle of eight": false, "07": false} {
		require.Equal(t, good, Asserted{UserHandle: []byte(handle)}.OwnerIs(7, own), handle)
	}
	require.False(t, Asserted{UserHandle: []byte("x")}.OwnerIs(7, nil))
}

func TestTransportsAreBounded(t *testing.T) {
	require.Equal(t, []string{"usb", "smart-card", "new1"}, Transports([]string{"usb", "USB", "", "smart-card", "usb", "a b", strings.Repeat("x", 33), "new1", "<b>", "é"}))
	many := strings.Split("a,b,c,d,e,f,g,h,i,j", ",")
	require.Equal(t, many[:8], Transports(many))
	require.NotNil(t, Transports(nil))
}

func TestNames(t *testing.T) {
	name, err := ParseName("  Grün €  ")
	require.NoError(t, err)
	require.EqualValues(t, "Grün €", name)
	_, err = ParseName(" \t ")
	require.ErrorIs(t, err, ErrNameBlank)
	_, err = ParseName(strings.Repeat("é", 255))
	require.NoError(t, err)
	_, err = ParseName(strings.Repeat("é", 256))
	require.ErrorIs(t, err, ErrNameTooLong)
}

func TestChallengesAreOfOneAccountAndTime(t *testing.T) {
	c := Challenge{Account: 7, Expires: now}
	require.True(t, c.Alive(now.Add(-1)))
	require.False(t, c.Alive(now))
	require.True(t, c.For(7))
	require.False(t, c.For(8))
	require.True(t, Challenge{}.For(8))
	require.False(t, Challenge{Account: -1}.For(8), "begun for a name that nobody has")
}

func marked(body []byte) []byte {
	sum := sha256.Sum256(append([]byte("a key"), body...))
	return sum[:]
}

// Decoys look as ids do: one or a few, of common lengths, always the same for a seed.
func TestDecoysLookLikeCredentialIDs(t *testing.T) {
	counts, lengths, seen := map[int]int{}, map[int]int{}, map[string]bool{}
	for i := range 1000 {
		seed := []byte{byte(i), byte(i >> 8)}
		ids := Decoys(seed, marked)
		require.Equal(t, ids, Decoys(seed, marked))
		counts[len(ids)]++
		for _, id := range ids {
			require.True(t, FitsCredentialID(id))
			require.True(t, IsDecoy(id, marked))
			require.False(t, seen[string(id)])
			seen[string(id)] = true
			lengths[len(id)]++
		}
	}
	require.InDelta(t, 750, counts[1], 60)
	require.InDelta(t, 188, counts[2], 60)
	require.NotZero(t, counts[3])
	require.NotZero(t, counts[4])
	require.Len(t, lengths, 4)
}

func TestADecoyIsKnownByItsMarkAlone(t *testing.T) {
	id := Decoys([]byte("seed"), marked)[0]
	for name, other := range map[string][]byte{
		"another body": append([]byte{id[0] ^ 1}, id[1:]...), "shorter": id[1:], "nothing": nil, "of an authenticator": bytes.Repeat([]byte{7}, 32),
	} {
		require.False(t, IsDecoy(other, marked), name)
	}
	require.False(t, IsDecoy(id, func(body []byte) []byte { return marked(append([]byte{1}, body...)) }), "another key")
}

func TestSnapshotsShareNothing(t *testing.T) {
	credential := New(7, "n", Attested{CredentialID: []byte("id"), PublicKey: []byte("key"), Transports: []string{"usb"}}, now)
	s := credential.Snapshot()
	s.CredentialID[0], s.PublicKey[0], s.Transports[0] = 'x', 'x', "x"
	credential.CredentialID()[0], credential.PublicKey()[0] = 'x', 'x'
	again := credential.Snapshot()
	require.True(t, bytes.Equal([]byte("id"), again.CredentialID) && bytes.Equal([]byte("key"), again.PublicKey))
	require.Equal(t, []string{"usb"}, again.Transports)
}

func TestWhatIsTooLongForANameIsCut(t *testing.T) {
	for text, want := range map[string]Name{
		"": "", " \n": "", " Läptop ": "Läptop", strings.Repeat("🔑", 255): Name(strings.Repeat("🔑", 255)),
		strings.Repeat("🔑", 256): Name(strings.Repeat("🔑", 255)), strings.Repeat("x", 200) + strings.Repeat(" ", 100) + "y": Name(strings.Repeat("x", 200)),
	} {
		cut := CutName(text)
		require.Equal(t, want, cut)
		if cut != "" {
			kept, err := ParseName(string(cut))
			require.NoError(t, err)
			require.Equal(t, cut, kept, "it is a name like any other")
		}
	}
}
