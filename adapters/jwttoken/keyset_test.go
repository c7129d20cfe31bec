package jwttoken

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

const life = 24 * time.Hour

// fixture is a running service and a key file that somebody else changes.
type fixture struct {
	path     string
	file     *KeyFile
	clock    *hands
	random   *counting
	set      *KeySet
	tokens   *Tokens
	mu       sync.Mutex
	troubles []error
}

func newFixture(t testing.TB, settings Key) *fixture {
	t.Helper()
	f := &fixture{path: filepath.Join(t.TempDir(), "keys", "jwt.json"), clock: &hands{at: now}, random: &counting{}}
	var err error
	f.file, err = OpenKeyFile(f.path)
	require.NoError(t, err)
	f.set, err = OpenKeySet(settings, Watch{Path: f.path, Life: life, Clock: f.clock, Report: func(err error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.troubles = append(f.troubles, err)
	}})
	require.NoError(t, err)
	f.tokens = New(f.set, Options{})
	return f
}

// add makes a key, which the service has noticed when add returns.
func (f *fixture) add(t testing.TB, algorithm string) string {
	t.Helper()
	kid, err := f.file.New(algorithm, f.clock.Now(), f.random)
	require.NoError(t, err)
	f.clock.turn(recheck)
	return kid
}

func (f *fixture) promote(t testing.TB, kid string) {
	t.Helper()
	require.NoError(t, f.file.Promote(kid, f.clock.Now()))
	f.clock.turn(recheck)
}

// signed returns a token that lives for two days.
func (f *fixture) signed(t testing.TB) secret.String {
	t.Helper()
	at := f.clock.Now().Truncate(time.Second)
	claims := someClaims()
	claims.IssuedAt, claims.Expires = at, at.Add(2*life)
	token, err := f.tokens.Sign(claims)
	require.NoError(t, err)
	return token
}

func (f *fixture) verify(token secret.String) error {
	_, err := f.tokens.Verify(token, f.clock.Now())
	return err
}

func headerOf(t testing.TB, token secret.String) string {
	t.Helper()
	head, _, _ := strings.Cut(token.Reveal(), ".")
	return decoded(t, head)
}

func TestAKeyLivesItsLife(t *testing.T) {
	f := newFixture(t, sharedKeyOf(t, "HS256", someSecret))
	before := f.signed(t)
	require.Equal(t, plainHeader, headerOf(t, before), "without a file the settings sign")

	first := f.add(t, "ES256")
	require.Equal(t, plainHeader, headerOf(t, f.signed(t)), "a staged key does not sign")

	f.promote(t, first)
	byFirst := f.signed(t)
	require.Equal(t, `{"alg":"ES256","typ":"JWT","kid":"`+first+`"}`, headerOf(t, byFirst))
	require.NoError(t, f.verify(byFirst))
	require.NoError(t, f.verify(before), "tokens from before the file go on")

	second := f.add(t, "EdDSA")
	require.Equal(t, headerOf(t, byFirst), headerOf(t, f.signed(t)))
	f.promote(t, second)
	bySecond := f.signed(t)
	require.Equal(t, `{"alg":"EdDSA","typ":"JWT","kid":"`+second+`"}`, headerOf(t, bySecond))
	require.NoError(t, f.verify(byFirst), "nobody is signed out")
	require.NoError(t, f.verify(bySecond))

	f.clock.turn(life - 2*time.Second)
	require.NoError(t, f.verify(byFirst))
	f.clock.turn(time.Second)
	require.ErrorIs(t, f.verify(byFirst), sessions.ErrJWTInvalid, "retired longer than a token lives")
	require.NoError(t, f.verify(bySecond))

	removed, err := f.file.Prune(f.clock.Now(), life)
	require.NoError(t, err)
	require.Equal(t, []string{first}, removed)
	f.clock.turn(recheck)
	require.ErrorIs(t, f.verify(byFirst), sessions.ErrJWTInvalid)
	require.NoError(t, f.verify(bySecond))
	require.Empty(t, f.troubles)
}

func TestAStagedKeyVerifies(t *testing.T) {
	f := newFixture(t, sharedKeyOf(t, "HS256", someSecret))
	kid := f.add(t, "ES256")
	f.promote(t, kid)
	token, err := f.tokens.Sign(someClaims())
	require.NoError(t, err)

	// Another host, whose copy of the file is from before the promotion.
	all, err := readEntries(f.path)
	require.NoError(t, err)
	all[0].State = Staged
	require.NoError(t, writeEntries(f.path, all))
	late, err := OpenKeySet(sharedKeyOf(t, "HS256", someSecret), Watch{Path: f.path, Life: life, Clock: f.clock})
	require.NoError(t, err)
	_, err = New(late, Options{}).Verify(token, now)
	require.NoError(t, err)
}

func TestALeakedKeyEndsAtOnce(t *testing.T) {
	f := newFixture(t, sharedKeyOf(t, "HS256", someSecret))
	leaked := f.add(t, "HS512")
	f.promote(t, leaked)
	token := f.signed(t)
	f.promote(t, f.add(t, "HS512"))
	require.NoError(t, f.verify(token))
	_, err := f.file.Prune(f.clock.Now(), 0)
	require.NoError(t, err)
	f.clock.turn(recheck)
	require.ErrorIs(t, f.verify(token), sessions.ErrJWTInvalid)
}

func TestOnlyTheKeyThatIsNamedVerifies(t *testing.T) {
	f := newFixture(t, sharedKeyOf(t, "HS256", someSecret))
	one, other := f.add(t, "HS256"), f.add(t, "HS256")
	all, err := readEntries(f.path)
	require.NoError(t, err)
	secretOne := all[0].Material.Reveal()
	header := func(kid string) string { return `{"alg":"HS256","kid":` + kid + `}` }
	require.NoError(t, f.verify(secret.New(minted(secretOne, header(`"`+one+`"`), stating(nil)))))
	for name, token := range map[string]string{
		"another key's kid":             minted(secretOne, header(`"`+other+`"`), stating(nil)),
		"a key of the file, no kid":     minted(secretOne, plainHeader, stating(nil)),
		"the settings' key, with a kid": minted(someSecret, header(`"`+one+`"`), stating(nil)),
		"an unknown kid":                minted(someSecret, header(`"aaaaaaaaaaaaaaaa"`), stating(nil)),
		"an empty kid":                  minted(someSecret, header(`""`), stating(nil)),
		"a kid in capitals":             minted(secretOne, header(`"`+strings.ToUpper(one)+`"`), stating(nil)),
		"a kid with a NUL":              minted(secretOne, header(`"`+one+`\u0000"`), stating(nil)),
		"a kid with a blank":            minted(secretOne, header(`" `+one+`"`), stating(nil)),
		"a kid in a list":               minted(secretOne, header(`["`+one+`"]`), stating(nil)),
		"a long kid":                    minted(secretOne, header(`"`+strings.Repeat("a", 4000)+`"`), stating(nil)),
		// The secret is what an attacker knows to stand in a file, or in no file at all.
		"a path to nothing":     minted("", header(`"../../../../dev/null"`), stating(nil)),
		"a path to a file":      minted("root:x:0:0", header(`"/etc/passwd"`), stating(nil)),
		"an SQL injection":      minted("x", header(`"' UNION SELECT 'x' --"`), stating(nil)),
		"a command":             minted("x", header(`"|id"`), stating(nil)),
		"alg none, known kid":   encoded(`{"alg":"none","kid":"`+one+`"}`) + "." + encoded(stating(nil)) + ".",
		"alg RS256, known kid":  minted(secretOne, `{"alg":"RS256","kid":"`+one+`"}`, stating(nil)),
		"typ of another system": minted(secretOne, `{"alg":"HS256","typ":"at+jwt","kid":"`+one+`"}`, stating(nil)),
	} {
		require.ErrorIs(t, f.verify(secret.New(token)), sessions.ErrJWTInvalid, name)
	}
	require.NoError(t, f.verify(secret.New(minted(someSecret, plainHeader, stating(nil)))), "the settings' key, no kid")
}

func TestABrokenFileLeavesTheKeysAlone(t *testing.T) {
	f := newFixture(t, sharedKeyOf(t, "HS256", someSecret))
	kid := f.add(t, "ES256")
	f.promote(t, kid)
	token := f.signed(t)
	good, err := os.ReadFile(f.path)
	require.NoError(t, err)
	check := func(reports int, sentence string) {
		t.Helper()
		for range 3 {
			f.clock.turn(recheck)
			require.NoError(t, f.verify(token))
			require.Contains(t, headerOf(t, f.signed(t)), kid)
		}
		require.Len(t, f.troubles, reports, "each trouble is reported once")
		if reports > 0 {
			require.ErrorContains(t, f.troubles[reports-1], sentence)
		}
	}
	check(0, "")
	require.NoError(t, os.WriteFile(f.path, good[:len(good)/2], 0o600))
	check(1, "damaged")
	require.NoError(t, os.Remove(f.path))
	check(2, "no such file")
	require.NoError(t, os.WriteFile(f.path, []byte(`{"keys":[]}`), 0o600))
	check(3, "it has no key")
	require.NoError(t, os.WriteFile(f.path, good, 0o600))
	check(3, "it has no key")
	require.NoError(t, os.Chmod(f.path, 0o640))
	check(4, "chmod 600")
	require.NoError(t, os.Chmod(f.path, 0o600))
	check(4, "chmod 600")
	require.NoError(t, os.WriteFile(f.path, []byte(strings.Replace(string(good), "ES256", "ES384", 1)), 0o600))
	check(5, "P-384")
	for _, trouble := range f.troubles {
		require.NotContains(t, trouble.Error(), "PRIVATE")
	}
}

func TestTheServiceDoesNotStartWithABrokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jwt.json")
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	_, err := OpenKeySet(sharedKeyOf(t, "HS256", someSecret), Watch{Path: path, Life: life, Clock: &hands{at: now}})
	require.ErrorContains(t, err, "damaged")
}

func TestTheFileIsLookedAtOnceASecond(t *testing.T) {
	f := newFixture(t, sharedKeyOf(t, "HS256", someSecret))
	kid, err := f.file.New("ES256", now, f.random)
	require.NoError(t, err)
	require.NoError(t, f.file.Promote(kid, now))
	f.clock.turn(recheck - time.Nanosecond)
	require.Equal(t, plainHeader, headerOf(t, f.signed(t)))
	f.clock.turn(time.Nanosecond)
	require.Contains(t, headerOf(t, f.signed(t)), kid)
	f.clock.turn(-time.Hour)
	second, err := f.file.New("ES256", now, f.random)
	require.NoError(t, err)
	require.NoError(t, f.file.Promote(second, now))
	require.Contains(t, headerOf(t, f.signed(t)), second, "a clock that was put back does not blind us for an hour")
}

func TestAFileOfTheSameSizeAndTimeIsNoticed(t *testing.T) {
	f := newFixture(t, sharedKeyOf(t, "HS256", someSecret))
	one, other := f.add(t, "HS256"), f.add(t, "HS256")
	f.promote(t, one)
	require.Contains(t, headerOf(t, f.signed(t)), one)
	info, err := os.Stat(f.path)
	require.NoError(t, err)
	all, err := readEntries(f.path)
	require.NoError(t, err)
	all[0].ID, all[1].ID = all[1].ID, all[0].ID
	require.NoError(t, writeEntries(f.path, all))
	require.NoError(t, os.Chtimes(f.path, info.ModTime(), info.ModTime()))
	f.clock.turn(recheck)
	require.Contains(t, headerOf(t, f.signed(t)), other)
}

// Requests go on while keys change.
func TestKeysChangeUnderLoad(t *testing.T) {
	f := newFixture(t, sharedKeyOf(t, "HS256", someSecret))
	stop := make(chan struct{})
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				token, err := f.tokens.Sign(someClaims())
				if err == nil {
					_, err = f.tokens.Verify(token, now)
				}
				if err == nil {
					_, err = f.set.JWKS()
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 20 {
		f.promote(t, f.add(t, []string{"HS256", "EdDSA", "ES256"}[i%3]))
	}
	close(stop)
	workers.Wait()
	require.Empty(t, f.troubles)
}
