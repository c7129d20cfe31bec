package integration

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/postgres"
)

// crashCrowd is people who register while the database crashes, by what they were told.
type crashCrowd struct {
	mu                         sync.Mutex
	told, refused, unsure, odd []string
}

// note keeps one answer.
func (c *crashCrowd) note(name string, answer faultAnswer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case answer.status == http.StatusCreated:
		c.told = append(c.told, name)
	case answer.status == http.StatusServiceUnavailable && answer.body == faultDown:
		c.refused = append(c.refused, name)
	case answer.status == http.StatusServiceUnavailable && answer.body == faultUnknown:
		c.unsure = append(c.unsure, name)
	default:
		c.odd = append(c.odd, fmt.Sprint(answer.status, answer.body))
	}
}

func (c *crashCrowd) count() (told int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.told)
}

// join has clients register, one after the other, until stop.
func (c *crashCrowd) join(p *process, clients int, stop <-chan struct{}) (wait func()) {
	var working sync.WaitGroup
	for client := range clients {
		working.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				name := fmt.Sprintf("c%dn%d", client, n)
				c.note(name, p.ask(http.MethodPost, "/dj-rest-auth/registration/", "", map[string]string{
					"username": name, "email": name + "@example.com", "password1": "correct-horse-9", "password2": "correct-horse-9",
				}))
			}
		})
	}
	return working.Wait
}

// Who was told that they have an account has one after PostgreSQL crashed and read its
// log, who was told that they have none has none, and only where the answer of a commit
// was lost nobody could know.
func TestNothingAcknowledgedIsLostWhenPostgresCrashes(t *testing.T) {
	server := postgres.Start(t, nil)
	p := processStart(t, t.TempDir(), append(slices.Clone(faultSettings), "DATABASE_URL=postgres://latchkey@/postgres?host="+server.Folder)...)
	crowd, stop := &crashCrowd{}, make(chan struct{})
	wait := crowd.join(p, 8, stop)
	for range 3 {
		before := crowd.count()
		require.Eventually(t, func() bool { return crowd.count() >= before+20 }, 30*time.Second, 5*time.Millisecond, "nobody can register")
		server.Crash(t)
	}
	p.requireReady(t)
	before := crowd.count()
	require.Eventually(t, func() bool { return crowd.count() >= before+20 }, 30*time.Second, 5*time.Millisecond, "it does not come back by itself")
	close(stop)
	wait()

	require.Empty(t, crowd.odd)
	people := server.Column(t, `SELECT username FROM auth_user`)
	expected := slices.Clone(crowd.told)
	for _, name := range crowd.unsure {
		if slices.Contains(people, name) {
			expected = append(expected, name)
		}
	}
	require.ElementsMatch(t, expected, people)
	t.Logf("%d were told that they have an account, %d that they have none, %d that it is not known", len(crowd.told), len(crowd.refused), len(crowd.unsure))
	require.NotContains(t, p.errors.String(), "status=500")
	status, answer := p.login(crowd.told[0], "correct-horse-9")
	require.Equal(t, http.StatusOK, status, answer)
}
