package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// visitor is a client of a soak: it does one thing after the other, sometimes what it
// may and sometimes not, and keeps account of what was acknowledged.
type visitor struct {
	address string
	random  *rand.Rand
	jwt     bool
	wire    *wire
	people  []*holder
	attacks []attack
	ledger  ledger
}

// ledger is what the database must have in the end, and which answers there were.
type ledger struct {
	accounts, logins, logouts, rotations int
	statuses                             map[int]int
}

// add adds another ledger.
func (l *ledger) add(other ledger) {
	l.accounts += other.accounts
	l.logins += other.logins
	l.logouts += other.logouts
	l.rotations += other.rotations
	for status, count := range other.statuses {
		l.statuses[status] += count
	}
}

var errUnexpected = errors.New("an answer that must not be")

// deed is something that a visitor does; of a thousand, often ones.
type deed struct {
	often int
	do    func(*visitor, context.Context) error
}

var deeds = []deed{
	{540, (*visitor).look},
	{100, (*visitor).verify},
	{100, (*visitor).refresh},
	{20, (*visitor).login},
	{30, (*visitor).guess},
	{5, (*visitor).register},
	{5, (*visitor).leave},
	{190, (*visitor).attack},
	{10, (*visitor).hangUp},
}

// visit does n things.
func (v *visitor) visit(ctx context.Context, n int) error {
	if err := v.register(ctx); err != nil {
		return err
	}
	for range n {
		chance := v.random.IntN(1000)
		for _, d := range deeds {
			if chance -= d.often; chance >= 0 {
				continue
			}
			if err := d.do(v, ctx); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// ask sends a request on the kept connection and demands one of the answers. A service
// that says that it is busy is asked again.
func (v *visitor) ask(ctx context.Context, c constant, want ...int) ([]byte, error) {
	for {
		if v.wire == nil {
			var err error
			if v.wire, err = dial(ctx, v.address); err != nil {
				return nil, err
			}
		}
		status, body, err := v.wire.do(c.bytes(v.address))
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", c.method, c.path, err)
		}
		v.ledger.statuses[status]++
		if status == http.StatusServiceUnavailable {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if !slices.Contains(want, status) {
			return nil, fmt.Errorf("%w: %s %s: %d %.200s", errUnexpected, c.method, c.path, status, body)
		}
		return body, nil
	}
}

// someone is one of the people that the visitor has registered.
func (v *visitor) someone() *holder { return v.people[v.random.IntN(len(v.people))] }

func (v *visitor) look(ctx context.Context) error {
	who := v.someone()
	request := who.bySession()
	switch {
	case v.random.IntN(2) == 0:
	case v.jwt:
		request = who.byJWT()
	case who.Key != "":
		request = who.byToken()
	}
	body, err := v.ask(ctx, request, http.StatusOK)
	if err == nil && !bytes.Contains(body, []byte(`"`+who.name+`"`)) {
		err = fmt.Errorf("%w: %s is %s", errUnexpected, who.name, body)
	}
	return err
}

func (v *visitor) verify(ctx context.Context) error {
	if !v.jwt {
		return v.look(ctx)
	}
	request, want := v.someone().verify(), http.StatusOK
	if v.random.IntN(2) == 0 {
		request, want = post("token/verify/", map[string]string{"token": v.someone().Access + "x"}), http.StatusUnauthorized
	}
	_, err := v.ask(ctx, request, want)
	return err
}

func (v *visitor) refresh(ctx context.Context) error {
	if !v.jwt {
		return v.look(ctx)
	}
	who := v.someone()
	body, err := v.ask(ctx, who.refresh(), http.StatusOK)
	if err != nil {
		return err
	}
	v.ledger.rotations++
	return json.Unmarshal(body, who)
}

func (v *visitor) login(ctx context.Context) error {
	who := v.someone()
	body, err := v.ask(ctx, login(*who), http.StatusOK)
	if err != nil {
		return err
	}
	v.ledger.logins++
	who.session = v.wire.session
	return json.Unmarshal(body, who)
}

func (v *visitor) guess(ctx context.Context) error {
	name := v.someone().name
	if v.random.IntN(2) == 0 {
		name = "nobody" + strconv.Itoa(v.random.IntN(1000))
	}
	_, err := v.ask(ctx, post("login/", map[string]string{"username": name, "password": "not-" + password}), http.StatusBadRequest)
	return err
}

func (v *visitor) register(ctx context.Context) error {
	who := &holder{name: fmt.Sprint("visitor", serial.Add(1))}
	body, err := v.ask(ctx, post("registration/", enrolment(who.name)), http.StatusCreated)
	if err != nil {
		return err
	}
	v.ledger.accounts++
	who.session = v.wire.session
	v.people = append(v.people, who)
	return json.Unmarshal(body, who)
}

// leave logs out by the token and the cookie, and in again.
func (v *visitor) leave(ctx context.Context) error {
	who := v.someone()
	if v.jwt {
		return v.look(ctx)
	}
	request := post("logout/", nil)
	request.headers = append(request.headers, [2]string{"Authorization", "Token " + who.Key}, [2]string{"Cookie", "sessionid=" + who.session})
	if _, err := v.ask(ctx, request, http.StatusOK); err != nil {
		return err
	}
	v.ledger.logouts++
	for _, request := range []constant{who.byToken(), who.bySession()} {
		if _, err := v.ask(ctx, request, http.StatusUnauthorized); err != nil {
			return err
		}
	}
	body, err := v.ask(ctx, login(*who), http.StatusOK)
	if err != nil {
		return err
	}
	v.ledger.logins++
	who.session = v.wire.session
	return json.Unmarshal(body, who)
}

func (v *visitor) attack(ctx context.Context) error {
	if v.attacks == nil {
		v.attacks = hostile(v.address)
	}
	chosen := v.attacks[v.random.IntN(len(v.attacks))]
	w, err := dial(ctx, v.address)
	if err != nil {
		return err
	}
	defer func() { _ = w.conn.Close() }()
	status, body, err := w.do([]byte(chosen.request))
	if status == 0 || errors.Is(err, io.ErrUnexpectedEOF) && len(chosen.request) > 16<<10 {
		return nil // cut off while it still wrote
	}
	v.ledger.statuses[status]++
	if !slices.Contains(chosen.want, status) {
		return fmt.Errorf("%w: %d %.200s to %.200q", errUnexpected, status, body, chosen.request)
	}
	return nil
}

// hangUp ends in the middle of a request.
func (v *visitor) hangUp(ctx context.Context) error {
	w, err := dial(ctx, v.address)
	if err != nil {
		return err
	}
	request := login(*v.someone()).bytes(v.address)
	_, _ = w.conn.Write(request[:v.random.IntN(len(request))])
	return w.conn.Close()
}
