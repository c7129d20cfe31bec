package argon

// fill computes one segment of one lane.
func (c *computation) fill(pass, slice, lane uint32) {
	var numbers addresses
	independent := c.variant == I || pass == 0 && slice < slices/2
	if independent {
		numbers.input = Block{uint64(pass), uint64(lane), uint64(slice), uint64(len(c.blocks)), uint64(c.passes), uint64(c.variant)}
	}
	from := uint32(0)
	if pass == 0 && slice == 0 {
		from = 2 // begin has made these
		if independent {
			numbers.next()
		}
	}
	for index := from; index < c.segment; index++ {
		at := lane*c.lane + slice*c.segment + index
		previous := at - 1
		if index == 0 && slice == 0 {
			previous += c.lane // the last block of the lane
		}
		var random uint64
		if independent {
			random = numbers.at(index)
		} else {
			random = c.blocks[previous][0]
		}
		reference := c.reference(random, pass, slice, lane, index)
		if pass == 0 {
			// What an earlier hash has left here does not matter.
			compress(&c.blocks[at], &c.blocks[previous], &c.blocks[reference])
		} else {
			compressOver(&c.blocks[at], &c.blocks[previous], &c.blocks[reference])
		}
	}
}

// addresses makes the numbers that do not depend on the password.
type addresses struct{ input, output, zero Block }

func (a *addresses) next() {
	a.input[6]++
	compress(&a.output, &a.input, &a.zero)
	compress(&a.output, &a.output, &a.zero)
}

func (a *addresses) at(index uint32) uint64 {
	n := index % uint32(len(a.output))
	if n == 0 {
		a.next()
	}
	return a.output[n]
}

// reference chooses the other block that goes into a new one (RFC 9106, 3.4.2).
func (c *computation) reference(random uint64, pass, slice, lane, index uint32) uint32 {
	other := uint32(random>>32) % c.lanes
	if pass == 0 && slice == 0 {
		other = lane
	}
	size, start := (slices-1)*c.segment, (slice+1)%slices*c.segment
	if pass == 0 {
		size, start = slice*c.segment, 0
	}
	if other == lane || pass == 0 && slice == 0 {
		size += index
	}
	if index == 0 || other == lane {
		size-- // not the block just before
	}
	back := random & 0xFFFFFFFF
	back = back * back >> 32
	back = back * uint64(size) >> 32
	return other*c.lane + uint32((uint64(start)+uint64(size)-1-back)%uint64(c.lane))
}
