package passwordhash

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
)

// counted is an algorithm that counts its hashes; no password fits one.
type counted struct {
	name Algorithm
	work *atomic.Int32
}

type countedRecord struct{ counted }

func (c counted) algorithm() Algorithm            { return c.name }
func (c counted) withCost(string) (scheme, error) { return c, nil }
func (c counted) made() scheme                    { return c }

func (c counted) hash(string, ports.Random) (string, error) {
	c.work.Add(1)
	return string(c.name) + "$", nil
}

func (c counted) decode(text string) (record, error) {
	if !strings.HasPrefix(text, string(c.name)+"$") {
		return nil, errMalformed
	}
	return countedRecord{c}, nil
}

func (r countedRecord) fits(string) (bool, error) {
	r.work.Add(1)
	return false, nil
}

func (countedRecord) outdated(scheme) bool { return false }

func TestARefusedPasswordCostsTheSameWhoseverHashItMeets(t *testing.T) {
	first, second := counted{"first", new(atomic.Int32)}, counted{"second", new(atomic.Int32)}
	h, err := New([]Preference{{scheme: first}, {scheme: second}}, 1, newSeeded())
	require.NoError(t, err)
	cost := func(stored string) [2]int32 {
		fits, _ := verify(t, h, stored, "x")
		require.False(t, fits)
		return [2]int32{first.work.Swap(0), second.work.Swap(0)}
	}
	require.Equal(t, [2]int32{1, 0}, cost("first$"), "nobody has the second kind yet")
	for _, stored := range []string{"second$", "first$", "second$", "", "!unusable", "rubbish"} {
		require.Equal(t, [2]int32{1, 1}, cost(stored), stored)
	}
}

func TestOfOneAlgorithmTheHighestCostStandsForAll(t *testing.T) {
	pbkdf2 := func(iterations int) scheme { return pbkdf2Scheme{PBKDF2SHA256, iterations} }
	scrypt := func(n int) scheme { return scryptScheme{n, 1, 1} }
	l := newLevels(pbkdf2(100))
	for _, step := range []struct {
		met  scheme
		want []scheme
	}{
		{pbkdf2(50), []scheme{pbkdf2(100)}},
		{bcryptScheme{Bcrypt, 5}, []scheme{pbkdf2(100), bcryptScheme{Bcrypt, 5}}},
		{pbkdf2(200), []scheme{bcryptScheme{Bcrypt, 5}, pbkdf2(200)}},
		{bcryptScheme{Bcrypt, 4}, []scheme{bcryptScheme{Bcrypt, 5}, pbkdf2(200)}},
		{scrypt(16), []scheme{bcryptScheme{Bcrypt, 5}, pbkdf2(200), scrypt(16)}},
		{scrypt(32), []scheme{bcryptScheme{Bcrypt, 5}, pbkdf2(200), scrypt(16), scrypt(32)}},
		{scrypt(64), []scheme{bcryptScheme{Bcrypt, 5}, pbkdf2(200), scrypt(16), scrypt(32)}}, // no more of them
		{pbkdf2(300), []scheme{bcryptScheme{Bcrypt, 5}, scrypt(16), scrypt(32), pbkdf2(300)}},
	} {
		l.meet(step.met)
		require.Equal(t, step.want, l.all())
	}
}
