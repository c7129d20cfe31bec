package ginhttp

import (
	"bytes"
	"io"
	"mime/multipart"
	"strconv"
	"strings"
)

// maxFormFields is Django's DATA_UPLOAD_MAX_NUMBER_FIELDS.
const maxFormFields = 1000

// parseForm reads application/x-www-form-urlencoded. As in Python a stray "%"
// stands for itself and what is not UTF-8 is replaced. Of a repeated field the
// last value counts.
func parseForm(raw []byte) (input, error) {
	if bytes.Count(raw, []byte("&")) >= maxFormFields {
		return input{}, tooManyFields()
	}
	in := input{values: map[string]value{}, html: true}
	for pair := range strings.SplitSeq(string(raw), "&") {
		name, text, _ := strings.Cut(pair, "=")
		if name != "" || text != "" {
			in.values[unescapeForm(name)] = formValue(unescapeForm(text))
		}
	}
	return in, nil
}

func tooManyFields() error {
	return malformed("The number of form fields exceeded " + strconv.Itoa(maxFormFields) + ".")
}

func formValue(text string) value {
	return value{kind: kindText, text: strings.ToValidUTF8(text, "\uFFFD")}
}

func unescapeForm(text string) string {
	text = strings.ReplaceAll(text, "+", " ")
	if !strings.Contains(text, "%") {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if b, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				out.WriteByte(byte(b))
				i += 2
				continue
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

// parseMultipart reads multipart/form-data; what cannot be read as a part is
// left out, as Django leaves it out. The body is in memory already, so that its
// parts need no files.
func parseMultipart(raw []byte, boundary string) (input, error) {
	if boundary == "" || len(boundary) > maxBoundary {
		return input{}, malformed("Multipart form parse error - Invalid boundary in multipart: None")
	}
	in := input{values: map[string]value{}, html: true}
	reader := multipart.NewReader(bytes.NewReader(raw), boundary)
	for count := 0; ; count++ {
		part, err := reader.NextPart()
		if err != nil {
			return in, nil //nolint:nilerr // the end, or a part that cannot be read
		}
		if count >= maxFormFields {
			return input{}, tooManyFields()
		}
		in.takePart(part)
	}
}

// maxBoundary is RFC 2046's limit, with some room.
const maxBoundary = 200

func (in input) takePart(part *multipart.Part) {
	if part.FileName() != "" {
		in.values[part.FormName()] = value{kind: kindOther}
		return
	}
	if text, err := io.ReadAll(part); err == nil && part.FormName() != "" {
		in.values[part.FormName()] = formValue(string(text))
	}
}
