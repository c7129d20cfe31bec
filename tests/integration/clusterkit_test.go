package integration

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/postgres"
)

// clusterSize is how many instances run on one database.
const clusterSize = 3

// cluster is several instances, each with a folder of its own as on a machine of
// its own, on one PostgreSQL behind one proxy. They share the database's URL and
// the secret key, and nothing else.
type cluster struct {
	url       string
	settings  []string
	instances []*process
	proxy     *clusterProxy
	address   string
	client    *http.Client
	mails     *mailServer
	db        *sql.DB
}

// clusterStart starts all instances at the same moment on an empty database.
func clusterStart(t *testing.T, settings ...string) *cluster {
	t.Helper()
	c := &cluster{
		url: postgres.Empty(t), mails: startMailServer(t, &mailServer{}, nil, false),
		instances: make([]*process, clusterSize),
		client:    &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}},
	}
	c.settings = append([]string{
		"DATABASE_URL=" + c.url, "SECRET_KEY=of-all-instances-and-long-enough-for-them-0123456789",
		processCheap, "LOG_LEVEL=error", processMailTo(c.mails),
	}, settings...)
	var err error
	c.db, err = sql.Open("pgx", c.url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.db.Close() })
	_, err = processBinary()
	require.NoError(t, err)
	c.proxy, c.address = clusterProxyTo(t, clusterSize)
	t.Cleanup(c.client.CloseIdleConnections)
	for i := range c.instances {
		c.launch(t, i)
	}
	for _, instance := range c.instances {
		instance.waitForAnswer(t)
	}
	return c
}

// launch starts the instance, with new memory and an empty folder.
func (c *cluster) launch(t *testing.T, i int) {
	t.Helper()
	c.instances[i] = processLaunch(t, t.TempDir(), c.settings...)
	c.proxy.addresses[i].Store(&c.instances[i].address)
}

// clusterAnswer is an answer of whichever instance had its turn. Its status is 0
// when there was none: what was asked for may have happened, or not.
type clusterAnswer struct {
	status                     int
	text                       string
	Key, Access, Refresh, Name string
}

func (c *cluster) call(method, path, access string, body map[string]string) clusterAnswer {
	content, _ := json.Marshal(body)
	request, err := http.NewRequestWithContext(context.Background(), method, "http://"+c.address+"/dj-rest-auth/"+path, bytes.NewReader(content))
	if err != nil {
		return clusterAnswer{text: err.Error()}
	}
	request.Header.Set("Content-Type", "application/json")
	if access != "" {
		request.Header.Set("Authorization", "Bearer "+access)
	}
	response, err := c.client.Do(request)
	if err != nil {
		return clusterAnswer{text: err.Error()}
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode == http.StatusBadGateway {
		return clusterAnswer{text: "no answer"}
	}
	return clusterRead(response.StatusCode, text)
}

func clusterRead(status int, text []byte) clusterAnswer {
	var body struct{ Key, Access, Refresh, Username string }
	_ = json.Unmarshal(text, &body)
	return clusterAnswer{status, string(text), body.Key, body.Access, body.Refresh, body.Username}
}

// insist asks until there is an answer, as people do.
func (c *cluster) insist(method, path, access string, body map[string]string) clusterAnswer {
	for {
		if answer := c.call(method, path, access, body); answer.status != 0 {
			return answer
		}
	}
}

func (c *cluster) register(name, password string) clusterAnswer {
	return c.call(http.MethodPost, "registration/", "", map[string]string{
		"username": name, "email": name + "@example.com", "password1": password, "password2": password,
	})
}

func (c *cluster) login(name, password string) clusterAnswer {
	return c.insist(http.MethodPost, "login/", "", map[string]string{"username": name, "password": password})
}

func (c *cluster) refresh(token string) clusterAnswer {
	return c.insist(http.MethodPost, "token/refresh/", "", map[string]string{"refresh": token})
}

func (c *cluster) user(access string) clusterAnswer {
	return c.insist(http.MethodGet, "user/", access, nil)
}

// texts returns the one column of a query.
func (c *cluster) texts(t *testing.T, query string) []string { return processTexts(t, c.db, query) }

func (c *cluster) exec(t *testing.T, statement string) {
	t.Helper()
	_, err := c.db.ExecContext(t.Context(), statement)
	require.NoError(t, err)
}

// requireQuiet checks that no living instance has logged an error.
func (c *cluster) requireQuiet(t *testing.T) {
	t.Helper()
	for _, instance := range c.instances {
		require.NotContains(t, instance.errors.String(), "level=ERROR")
		require.NotContains(t, instance.errors.String(), "panic")
	}
}

// clusterParallel calls work that many times at the same moment and waits.
func clusterParallel(times int, work func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(times)
	for i := range times {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			work(i)
		})
	}
	done.Wait()
}
