package integration

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var clusterLoad = flag.Duration("cluster.load", 10*time.Second, "how long instances are killed under load")

const clusterClients = 8

// clusterTokens are the settings under which refresh tokens belong to families and
// a logout ends access tokens as well.
var clusterTokens = []string{
	"USE_JWT=true", "TOKEN_BLACKLIST=true", "ROTATE_REFRESH_TOKENS=true", "BLACKLIST_AFTER_ROTATION=true",
	"REFRESH_TOKEN_FAMILIES=true", "CHECK_SESSION=true", "RATE_LIMITS=off", "CLEANUP_INTERVAL=1s",
}

func TestNothingAcknowledgedIsLostWhenInstancesAreKilled(t *testing.T) {
	c := clusterStart(t, clusterTokens...)
	c.expire(t)
	c.watchOutbox(t)
	end := time.Now().Add(*clusterLoad)
	clients := make([]*clusterClient, clusterClients)
	failures := make([]error, clusterClients)
	var working sync.WaitGroup
	for i := range clients {
		clients[i] = &clusterClient{cluster: c, name: fmt.Sprint("client", i), end: end}
		working.Go(func() { failures[i] = clients[i].work() })
	}
	kills := c.killInTurn(t, end)
	working.Wait()
	var people []*clusterPerson
	for i, client := range clients {
		require.NoError(t, failures[i])
		people = append(people, client.people...)
	}
	t.Logf("%v: %d registrations acknowledged, %d kills, %d requests without an answer", *clusterLoad, len(people), len(kills), c.proxy.missed.Load())
	require.NotEmpty(t, kills)
	require.Greater(t, len(people), clusterClients)
	c.requireMailed(t, people, kills)
	c.requireNothingLost(t, people)
	c.requireWhole(t)
	c.requireQuiet(t)
}

// killInTurn lets all instances run for a quarter of the time, then kills one after
// the other and starts it again, and returns when it did.
func (c *cluster) killInTurn(t *testing.T, end time.Time) (kills []time.Time) {
	t.Helper()
	time.Sleep(time.Until(end) / 4)
	for i := 0; time.Now().Before(end); i++ {
		victim := i % clusterSize
		kills = append(kills, time.Now())
		c.instances[victim].kill(t)
		time.Sleep(100*time.Millisecond + rand.N(300*time.Millisecond))
		c.launch(t, victim)
		c.instances[victim].waitForAnswer(t)
		time.Sleep(rand.N(500 * time.Millisecond))
	}
	return kills
}

// clusterTokenID returns the id in a JSON web token.
func clusterTokenID(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct{ JTI string }
	_ = json.Unmarshal(payload, &claims)
	return claims.JTI
}
