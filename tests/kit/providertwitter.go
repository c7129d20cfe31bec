package kit

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

func (p *FakeProvider) twitterVerify(w http.ResponseWriter, r *http.Request) {
	parameters := oauthParameters(r.Header.Get("Authorization"))
	person, known := p.person(Twitter, parameters["oauth_token"])
	if !known || !signedByOAuth1(r, parameters, textOf(person, "_secret")) {
		answer(w, http.StatusUnauthorized, object{"errors": []object{{"code": 89, "message": "Invalid or expired token."}}})
		return
	}
	answer(w, http.StatusOK, told(person))
}

var oauthParameter = regexp.MustCompile(`(\w+)="([^"]*)"`)

func oauthParameters(header string) map[string]string {
	parameters := map[string]string{}
	for _, pair := range oauthParameter.FindAllStringSubmatch(header, -1) {
		value, err := url.PathUnescape(pair[2])
		if err != nil {
			return nil
		}
		parameters[pair[1]] = value
	}
	return parameters
}

// signedByOAuth1 checks the HMAC-SHA1 signature of RFC 5849, section 3.4.
func signedByOAuth1(r *http.Request, parameters map[string]string, tokenSecret string) bool {
	client := clients[Twitter]
	if parameters["oauth_consumer_key"] != client.id || parameters["oauth_signature_method"] != "HMAC-SHA1" {
		return false
	}
	address := "http://" + r.Host + r.URL.Path
	base := strings.Join([]string{r.Method, percent(address), percent(normalized(parameters, r.URL.Query()))}, "&")
	mac := hmac.New(sha1.New, []byte(percent(client.secret)+"&"+percent(tokenSecret)))
	mac.Write([]byte(base))
	signature := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(signature), []byte(parameters["oauth_signature"]))
}

// normalized writes the parameters of the header and of the query in the order of their encoded names and values.
func normalized(parameters map[string]string, query url.Values) string {
	var pairs [][2]string
	for name, value := range parameters {
		if name != "oauth_signature" && name != "realm" {
			pairs = append(pairs, [2]string{percent(name), percent(value)})
		}
	}
	for name, values := range query {
		for _, value := range values {
			pairs = append(pairs, [2]string{percent(name), percent(value)})
		}
	}
	slices.SortFunc(pairs, func(a, b [2]string) int {
		return strings.Compare(a[0]+"\x00"+a[1], b[0]+"\x00"+b[1])
	})
	texts := make([]string, len(pairs))
	for i, pair := range pairs {
		texts[i] = pair[0] + "=" + pair[1]
	}
	return strings.Join(texts, "&")
}

// percent encodes all but the unreserved characters; QueryEscape differs in the blank alone.
func percent(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
