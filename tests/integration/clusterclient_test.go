package integration

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// clusterPerson is somebody who was registered, and what was acknowledged since.
type clusterPerson struct {
	processPerson
	access, refresh string   // tokens that are good
	revoked         []string // refresh tokens that a logout ended
	ended           []string // access tokens of the same logins
	asked           bool     // for a password reset
}

// clusterClient lives the lives of many people, one after the other.
type clusterClient struct {
	*cluster
	name   string
	end    time.Time
	people []*clusterPerson
}

// work goes on until the end. Whatever is neither a success nor missing is a failure.
func (c *clusterClient) work() error {
	for n := 0; time.Now().Before(c.end); n++ {
		person := &clusterPerson{processPerson: processPerson{name: fmt.Sprint(c.name, "-", n), current: processPassword(n)}}
		answer := c.register(person.name, person.current)
		if answer.status == 0 {
			continue // it may be there, or not: nobody was told
		}
		if answer.status != http.StatusCreated {
			return fmt.Errorf("registration of %s: %d %s", person.name, answer.status, answer.text)
		}
		person.access, person.refresh = answer.Access, answer.Refresh
		c.people = append(c.people, person)
		for what, act := range c.life(n) {
			if err := act(person); err != nil {
				return fmt.Errorf("%s, %s: %w", person.name, clusterActs[what], err)
			}
		}
	}
	return nil
}

var clusterActs = []string{"profile", "refresh", "reset", "change", "login", "somebody else's login", "logout", "profile again"}

// life is what a person does, in this order.
func (c *clusterClient) life(n int) []func(*clusterPerson) error {
	rotate := c.rotate
	if n%4 == 0 {
		rotate = c.rotateTwice
	}
	return []func(*clusterPerson) error{c.look, rotate, c.ask, c.change, c.signIn, c.another, c.signOut, c.look}
}

func (c *clusterClient) look(person *clusterPerson) error {
	answer := c.user(person.access)
	if answer.status != http.StatusOK || answer.Name != person.name {
		return fmt.Errorf("%d %s", answer.status, answer.text)
	}
	return nil
}

// rotate gives the refresh token for its successor. One that got no answer is
// shown again, as a client must: the family grants that for a while.
func (c *clusterClient) rotate(person *clusterPerson) error {
	answer := c.cluster.refresh(person.refresh)
	if answer.status != http.StatusOK {
		return fmt.Errorf("%d %s", answer.status, answer.text)
	}
	person.access, person.refresh = answer.Access, answer.Refresh
	return nil
}

// rotateTwice shows one token to two instances at the same moment.
func (c *clusterClient) rotateTwice(person *clusterPerson) error {
	answers := make([]clusterAnswer, 2)
	clusterParallel(len(answers), func(i int) { answers[i] = c.cluster.refresh(person.refresh) })
	for _, answer := range answers {
		if answer.status != http.StatusOK {
			return fmt.Errorf("twice at once: %d %s", answer.status, answer.text)
		}
	}
	if one, other := clusterTokenID(answers[0].Refresh), clusterTokenID(answers[1].Refresh); one == "" || one != other {
		return fmt.Errorf("twice at once: two successors, %q and %q", one, other)
	}
	person.access, person.refresh = answers[0].Access, answers[0].Refresh
	return nil
}

func (c *clusterClient) ask(person *clusterPerson) error {
	answer := c.call(http.MethodPost, "password/reset/", "", map[string]string{"email": person.name + "@example.com"})
	person.asked = answer.status == http.StatusOK
	return answer.unless(http.StatusOK)
}

func (c *clusterClient) change(person *clusterPerson) error {
	next := person.current + "-changed"
	answer := c.call(http.MethodPost, "password/change/", person.access, map[string]string{"new_password1": next, "new_password2": next})
	switch answer.status {
	case http.StatusOK:
		person.old, person.current = person.current, next
	case 0:
		person.tried = next
	}
	return answer.unless(http.StatusOK)
}

// signIn begins a second login beside the first.
func (c *clusterClient) signIn(person *clusterPerson) error {
	answer := c.inEffect(person)
	if answer.status != http.StatusOK {
		return fmt.Errorf("a right password was refused: %d %s", answer.status, answer.text)
	}
	// Which of both the person goes on with does not matter; the other one is to end.
	person.ended, person.revoked = []string{answer.Access}, []string{answer.Refresh}
	return nil
}

func (c *clusterClient) another(*clusterPerson) error {
	person := c.people[rand.N(len(c.people))]
	if answer := c.inEffect(person); answer.status != http.StatusOK {
		return fmt.Errorf("%s: a right password was refused: %d %s", person.name, answer.status, answer.text)
	}
	return nil
}

// signOut ends the second login. Without an answer nobody knows whether it did.
func (c *clusterClient) signOut(person *clusterPerson) error {
	answer := c.call(http.MethodPost, "logout/", person.ended[0], map[string]string{"refresh": person.revoked[0]})
	if answer.status != http.StatusOK {
		person.ended, person.revoked = nil, nil
	}
	return answer.unless(http.StatusOK)
}

// inEffect signs the person in with the password that counts.
func (c *cluster) inEffect(person *clusterPerson) clusterAnswer {
	answer := c.login(person.name, person.current)
	if answer.status == http.StatusBadRequest && person.tried != "" {
		answer = c.login(person.name, person.tried)
	}
	return answer
}

// unless returns an error unless the answer is missing or has the status.
func (a clusterAnswer) unless(status int) error {
	if a.status == status || a.status == 0 {
		return nil
	}
	return fmt.Errorf("%d %s", a.status, a.text)
}
