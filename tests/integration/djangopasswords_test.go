package integration

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// djangoHashers are Latchkey's settings that make new hashes of an algorithm, cheaply.
var djangoHashers = map[string]string{
	"pbkdf2_sha256": "pbkdf2_sha256:1200", "pbkdf2_sha1": "pbkdf2_sha1:1200", "argon2": "argon2:m=1024;t=2;p=1",
	"bcrypt_sha256": "bcrypt_sha256:5", "bcrypt": "bcrypt:5", "scrypt": "scrypt",
}

// passwordRows is a row for each algorithm of this Django: scrypt came with Django 4.0.
func (s *djangoSides) passwordRows(t *testing.T) []djangoRow {
	t.Helper()
	algorithms := djangoAsk[[]string](t, s.django, "algorithms", nil)
	require.Subset(t, algorithms, []string{"pbkdf2_sha256", "pbkdf2_sha1", "argon2", "bcrypt_sha256", "bcrypt"})
	rows := make([]djangoRow, len(algorithms))
	for i, algorithm := range algorithms {
		rows[i] = djangoRow{
			name:         "password hashed with " + algorithm,
			djangoMade:   func(t *testing.T, s *djangoSides) { hashOfDjango(t, s, algorithm) },
			latchkeyMade: func(t *testing.T, s *djangoSides) { hashOfLatchkey(t, s, algorithm) },
		}
	}
	return rows
}

// hashOfDjango logs in where the first algorithm is pbkdf2_sha256: the hash is made anew there.
func hashOfDjango(t *testing.T, s *djangoSides, algorithm string) {
	name := s.name()
	s.django.do(t, "create_user", with{"username": name, "password": djangoPassword, "algorithm": algorithm})
	require.Equal(t, algorithm, s.django.user(t, name).Algorithm)
	wrong := djangoPost(t, s.plain, "login/", map[string]string{"username": name, "password": djangoPassword + "!"})
	require.Equal(t, http.StatusBadRequest, wrong.status, wrong.text)
	require.Equal(t, algorithm, s.django.user(t, name).Algorithm)

	djangoLogin(t, s.plain, name)
	require.Equal(t, "pbkdf2_sha256", s.django.user(t, name).Algorithm)
	require.True(t, s.django.holds(t, "check_password", with{"username": name, "password": djangoPassword}))
}

// hashOfLatchkey has Django check hashes that a registration and an upgrade at a login made.
func hashOfLatchkey(t *testing.T, s *djangoSides, algorithm string) {
	p := s.brief(t, "PASSWORD_HASHERS="+djangoHashers[algorithm]+","+djangoOther(algorithm))
	registered, upgraded := s.name(), s.name()
	status, answer := p.register(registered, djangoPassword)
	require.Equal(t, http.StatusCreated, status, answer)
	s.django.do(t, "create_user", with{"username": upgraded, "password": djangoPassword, "algorithm": djangoOther(algorithm)})
	djangoLogin(t, p, upgraded)
	for _, name := range []string{registered, upgraded} {
		require.Equal(t, algorithm, s.django.user(t, name).Algorithm)
		require.False(t, s.django.holds(t, "check_password", with{"username": name, "password": djangoPassword + "!"}))
		require.True(t, s.django.holds(t, "check_password", with{"username": name, "password": djangoPassword}))
		require.Equal(t, "pbkdf2_sha256", s.django.user(t, name).Algorithm, "Django upgraded in its turn")
		djangoLogin(t, s.plain, name)
	}
}

// djangoOther is an algorithm to come from.
func djangoOther(algorithm string) string {
	others := []string{"pbkdf2_sha1", "bcrypt"}
	return others[(slices.Index(others, algorithm)+1)%len(others)]
}

func unusableOfDjango(t *testing.T, s *djangoSides) {
	name := s.name()
	s.django.do(t, "create_user", with{"username": name})
	for _, password := range []string{djangoPassword, "!", "None"} {
		answer := djangoPost(t, s.plain, "login/", map[string]string{"username": name, "password": password})
		require.Equal(t, http.StatusBadRequest, answer.status, answer.text)
	}
}

// unusableOfLatchkey: who came by a provider has no password.
func unusableOfLatchkey(t *testing.T, s *djangoSides) {
	_, uid := s.social(t)
	identity := s.identity(t, uid)
	require.False(t, s.django.user(t, identity.Username).Usable)
	require.False(t, s.django.holds(t, "check_password", with{"username": identity.Username, "password": ""}))
}
