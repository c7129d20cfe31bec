package jsonobject

// simple reports whether text is an object of plain texts and whole numbers, as most
// are. It takes less than JSON allows and never more: what it does not take,
// encoding/json judges, which is slower.
func simple(text []byte) bool {
	at, ok := past(text, 0, '{')
	for ok {
		if at, ok = pastPlain(text, at); !ok {
			return false
		}
		if at, ok = past(text, at, ':'); !ok {
			return false
		}
		if at, ok = pastValue(text, at); !ok {
			return false
		}
		end, ended := past(text, at, '}')
		if ended {
			return end == len(text)
		}
		at, ok = past(text, at, ',')
	}
	return false
}

// past returns where the text goes on behind the sign and the blanks around it.
func past(text []byte, at int, sign byte) (int, bool) {
	at = pastBlanks(text, at)
	if at == len(text) || text[at] != sign {
		return at, false
	}
	return pastBlanks(text, at+1), true
}

func pastBlanks(text []byte, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t') {
		at++
	}
	return at
}

// pastPlain goes past a text of printable ASCII in which nothing is escaped.
func pastPlain(text []byte, at int) (int, bool) {
	if at == len(text) || text[at] != '"' {
		return at, false
	}
	for at++; at < len(text); at++ {
		switch c := text[at]; {
		case c == '"':
			return at + 1, true
		case c < ' ' || c > '~' || c == '\\':
			return at, false
		}
	}
	return at, false
}

// pastValue goes past a plain text or a whole number that is not negative.
func pastValue(text []byte, at int) (int, bool) {
	if at == len(text) || text[at] < '1' || text[at] > '9' {
		return pastPlain(text, at)
	}
	for at < len(text) && text[at] >= '0' && text[at] <= '9' {
		at++
	}
	return at, true
}
