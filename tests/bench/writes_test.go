package bench

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
)

// write is a request that changes something: each is another one.
type write struct {
	name     string
	settings []string
	// limit is the target: microseconds of processor time and statements.
	limit, statements int
	load              func(s *service) load
	// once sends one such request, to count its statements.
	once func(t *testing.T, s *service)
}

var writes = []write{
	{"login, beyond its hash", cheapHash, 300, 0, logins, func(t *testing.T, s *service) { must(t, s, login(s.who), http.StatusOK) }},
	{"… and its limits", limited, 0, 0, logins, func(t *testing.T, s *service) { must(t, s, login(s.who), http.StatusOK) }},
	{"registration, beyond its hash", cheapHash, 1500, 7, registrations, func(t *testing.T, s *service) { s.register(t, fmt.Sprint("grace", serial.Add(1))) }},
	{"`token/refresh/`, plain", jwts, 0, 0, refreshes, refreshOnce},
	{"… rotating", rotating, 600, 4, refreshes, refreshOnce},
	{"… rotating in a family", families, 600, 4, refreshes, refreshOnce},
	{"… and with the blacklist", blacklist, 0, 0, refreshes, refreshOnce},
}

func must(t *testing.T, s *service, c constant, status int) string {
	t.Helper()
	response, body := s.call(t, c)
	if response.StatusCode != status {
		t.Fatalf("%s: %d %s", c.path, response.StatusCode, body)
	}
	return body
}

func refreshOnce(t *testing.T, s *service) {
	if err := json.Unmarshal([]byte(must(t, s, s.who.refresh(), http.StatusOK)), &s.who); err != nil {
		t.Fatal(err)
	}
}

// login is the login of somebody whom serve has registered.
func login(who holder) constant {
	return post("login/", map[string]string{"username": who.name, "password": password})
}

// logins log accounts in, each client its own: those of one account wait for each other.
func logins(s *service) load {
	requests := make([][]byte, 256)
	return load{
		next: func(client int) []byte { return requests[client] },
		before: func(t testing.TB, client int) {
			requests[client] = login(s.register(t, fmt.Sprint("ada", serial.Add(1)))).bytes(s.address)
		},
	}
}

// registrations are of people with new names.
func registrations(s *service) load {
	return load{
		next: func(int) []byte {
			return post("registration/", enrolment(fmt.Sprint("grace", serial.Add(1)))).bytes(s.address)
		},
		check: func(_, status int, body []byte) error {
			if status != http.StatusCreated {
				return fmt.Errorf("%w: %d %s", errAnswer, status, body)
			}
			return nil
		},
	}
}

// refreshes present the token of the answer before, where there was one.
func refreshes(s *service) load {
	held := make([]string, 256)
	return load{
		next: func(client int) []byte {
			return post("token/refresh/", map[string]string{"refresh": held[client]}).bytes(s.address)
		},
		before: func(t testing.TB, client int) {
			held[client] = s.register(t, fmt.Sprint("ada", serial.Add(1))).Refresh
		},
		check: func(client, status int, body []byte) error {
			var given struct{ Access, Refresh string }
			if err := json.Unmarshal(body, &given); err != nil || status != http.StatusOK || given.Access == "" {
				return fmt.Errorf("%w: %d %s", errAnswer, status, body)
			}
			if given.Refresh != "" {
				held[client] = given.Refresh
			}
			return nil
		},
	}
}

// serial tells people apart.
var serial atomic.Int64

// written is the rounds of a write.
type written struct {
	write
	rounds  []cost
	counted counted
}

// measureWrites lets all writes take turns, and counts their statements on PostgreSQL.
func measureWrites(t *testing.T, k kind, e effort) []written {
	t.Helper()
	chosen := writes
	if !*measuring {
		chosen = []write{writes[2], writes[5]}
	}
	made := make([]written, len(chosen))
	services := make([]*service, len(chosen))
	for i, w := range chosen {
		made[i].write = w
		d := k.make(t)
		d.people(t)
		if d.server != 0 {
			through, tap := tapped(t, d)
			s := serve(t, through, w.settings...)
			made[i].counted = tap.fewest(func() { w.once(t, s) })
			s.stop()
		}
		services[i] = serve(t, d, w.settings...)
	}
	short := e
	short.round /= 5
	for round := range e.rounds {
		for i, w := range chosen {
			if round == 0 {
				measureWrite(t, w, services[i], short) // warms up
			}
			made[i].rounds = append(made[i].rounds, measureWrite(t, w, services[i], e))
		}
	}
	return made
}

func measureWrite(t *testing.T, w write, s *service, e effort) cost {
	t.Helper()
	l := w.load(s)
	l.clients, l.lasting = min(8, e.clients), e.round
	l.prepare(t)
	return costing(t, s.child, s.database, func() (figures, error) { return l.run(t.Context(), s.address) })
}
