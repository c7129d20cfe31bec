package bench

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// read is a request that changes nothing, beside its floor.
type read struct {
	name    string
	request constant
	service *service
	query   string
	arg     any
}

const accountColumns = `SELECT u.id, u.password, u.last_login, u.is_superuser, u.username, u.last_name,
	u.email, u.is_staff, u.is_active, u.date_joined, u.first_name FROM auth_user AS u`

// reads starts the services that answer them.
func reads(t *testing.T, k kind) []read {
	t.Helper()
	prepared := func(settings ...string) *service {
		d := k.make(t)
		d.people(t)
		return serve(t, d, settings...)
	}
	tokens, signed, checked := prepared(), prepared(jwts...), prepared(blacklist...)
	loud := serve(t, tokens.database, "LOG_LEVEL=info")
	const byKey, byID = accountColumns + ` JOIN authtoken_token AS t ON t.user_id = u.id WHERE t.key = $1`, accountColumns + ` WHERE u.id = $1`
	last := func(s *service) int { return s.database.count(t, "SELECT max(id) FROM auth_user") }
	const revoked = `SELECT COUNT(*) FROM token_blacklist_outstandingtoken AS o
		JOIN token_blacklist_blacklistedtoken AS b ON b.token_id = o.id WHERE o.jti = $1`
	return []read{
		{"`user/` by token", tokens.who.byToken(), tokens, byKey, tokens.who.Key},
		{"… with the access log", loud.who.byToken(), loud, byKey, loud.who.Key},
		{"`user/` by session", tokens.who.bySession(), tokens, `SELECT session_data, expire_date FROM django_session WHERE session_key = $1`, tokens.who.session},
		{"`user/` by JWT", signed.who.byJWT(), signed, byID, last(signed)},
		{"`token/verify/` with the blacklist", checked.who.verify(), checked, revoked, "nobody's"},
		{"`token/verify/`, no statement", signed.who.verify(), signed, "", nil},
	}
}

// floorPath is where the floor answers the read.
func floorPath(i int) string { return "/" + string(rune('a'+i)) }

// beside starts a floor that answers what the services answer to the reads.
func beside(t *testing.T, d database, all []read) *child {
	t.Helper()
	plan := floor{Driver: d.driver, DSN: d.dsn, Connections: d.connections, Answers: map[string]floorAnswer{}}
	for i, r := range all {
		if r.service.database.url != d.url {
			continue
		}
		response, body := r.service.call(t, r.request)
		require.Equal(t, http.StatusOK, response.StatusCode, body)
		response.Header.Del("Date")
		response.Header.Del("Content-Length")
		plan.Answers[floorPath(i)] = floorAnswer{Query: r.query, Arg: r.arg, Header: response.Header, Body: []byte(body)}
	}
	return startFloor(t, plan)
}

// pair is the service and its floor in the same round.
type pair struct{ service, floor cost }

// compared is all rounds of a read.
type compared struct {
	read
	rounds      []pair
	allocations float64
	counted     counted
}

// inspect counts what a request allocates, and its statements where they can be seen.
func (c *compared) inspect(t *testing.T) {
	t.Helper()
	d := c.service.database
	c.allocations = allocations(t, handler(t, d, c.service.settings...), c.request)
	if d.server == 0 {
		return
	}
	through, tap := tapped(t, d)
	s := serve(t, through, c.service.settings...)
	must(t, s, c.request, http.StatusOK)
	c.counted = tap.fewest(func() { must(t, s, c.request, http.StatusOK) })
	s.stop()
}

// compare lets all reads take turns with their floors.
func compare(t *testing.T, k kind, e effort) []compared {
	t.Helper()
	all := reads(t, k)
	floors := map[string]*child{}
	made := make([]compared, len(all))
	for i, r := range all {
		made[i].read = r
		if d := r.service.database; floors[d.url] == nil {
			floors[d.url] = beside(t, d, all)
		}
	}
	for round := range e.rounds {
		for i, r := range all {
			floor := floors[r.service.database.url]
			if round == 0 {
				warmUp(t, r, floor, floorPath(i), e)
			}
			made[i].rounds = append(made[i].rounds, takeTurns(t, r, floor, floorPath(i), e))
		}
	}
	for i := range made {
		if *measuring || i == 0 {
			made[i].inspect(t)
		}
	}
	return made
}

// warmUp fills pools and caches of the service and of the floor.
func warmUp(t *testing.T, r read, floor *child, path string, e effort) {
	t.Helper()
	for server, asked := range map[*child]string{r.service.child: r.request.path, floor: path} {
		request := r.request
		request.path = asked
		text := request.bytes(server.address)
		_, err := load{clients: e.clients, lasting: e.round / 5, next: func(int) []byte { return text }}.run(t.Context(), server.address)
		require.NoError(t, err)
	}
}

func takeTurns(t *testing.T, r read, floor *child, path string, e effort) pair {
	t.Helper()
	least := r.request
	least.path = path
	measure := func(server *child, request constant) cost {
		return costing(t, server, r.service.database, func() (figures, error) {
			return request.send(t.Context(), server.address, e.clients, e.round)
		})
	}
	return pair{service: measure(r.service.child, r.request), floor: measure(floor, least)}
}
