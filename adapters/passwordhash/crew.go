package passwordhash

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

// crew computes: at most size tasks at once, each on a thread of its own that lets
// others go first. A worker lives as long as there is something to do, so that an
// idle service holds neither its thread nor its memory, and nobody has to close anything.
type crew struct {
	size int

	mu      sync.Mutex
	working int
	backlog []task
}

type task struct {
	ctx  context.Context
	work func(*arena) error
	done chan error
}

// do runs work and waits for it. A task whose ctx has ended before its turn is left out.
func (c *crew) do(ctx context.Context, work func(*arena) error) error {
	t := task{ctx: ctx, work: work, done: make(chan error, 1)}
	c.mu.Lock()
	c.backlog = append(c.backlog, t)
	if c.working < c.size {
		c.working++
		go c.work()
	}
	c.mu.Unlock()
	return <-t.done
}

// work never unlocks its thread, which therefore ends with it: to get back the priority
// that it gave up takes a privilege.
func (c *crew) work() {
	runtime.LockOSThread()
	stepBack()
	var memory arena
	defer memory.free()
	for t, ok := c.next(); ok; t, ok = c.next() {
		t.done <- t.run(&memory)
	}
}

func (c *crew) next() (task, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.backlog) == 0 {
		c.working--
		return task{}, false
	}
	t := c.backlog[0]
	c.backlog[0] = task{}
	c.backlog = c.backlog[1:]
	return t, true
}

// run turns a panic into an error: here, it would end the process instead of one request.
func (t task) run(memory *arena) (err error) {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("passwordhash: panic: %v", problem)
		}
	}()
	return t.work(memory)
}
