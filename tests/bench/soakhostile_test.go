package bench

import (
	"fmt"
	"strings"
)

// attack is a request that nobody would send by mistake, and the answers that it may get.
type attack struct {
	request string
	want    []int
}

// hostile are requests as strangers and scanners send them. Each has a connection of its
// own, because the server may rightly close it.
func hostile(host string) []attack {
	raw := func(method, path, headers, body string) string {
		return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n%s", method, path, host, headers, len(body), body)
	}
	const asJSON, asForm = "Content-Type: application/json\r\n", "Content-Type: application/x-www-form-urlencoded\r\n"
	login := func(body string) string { return raw("POST", base+"login/", asJSON, body) }
	user := func(headers string) string { return raw("GET", base+"user/", headers, "") }
	return []attack{
		{login(`{"username":"ada","password":`), []int{400}},
		{login(strings.Repeat(`{"a":`, 20000)), []int{400}},
		{login(strings.Repeat(`[`, 100000)), []int{400}},
		{login(`{"username":"a\u0000b","password":"x"}`), []int{400}},
		{login("{\"username\":\"\xff\xfe\",\"password\":\"x\"}"), []int{400}},
		{login(`{"username":"' OR 1=1 --","password":"' OR 1=1 --"}`), []int{400}},
		{login(`{"username":{"$ne":null},"password":{"$ne":null}}`), []int{400}},
		{login(`{"username":"\ud800","password":"x"}`), []int{400}},
		{login(`{"username":1e999,"password":` + strings.Repeat("9", 5000) + `}`), []int{400}},
		{login(`"` + strings.Repeat("x", 1<<20) + `"`), []int{413}},
		{raw("POST", base+"login/", asForm, "username=ada&password="+strings.Repeat("x", 100000)), []int{400}},
		{raw("POST", base+"login/", asForm, "%zz=%&;;;&&==&"), []int{400}},
		{raw("POST", base+"login/", "Content-Type: multipart/form-data; boundary=x\r\n", "--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nada"), []int{400}},
		{raw("POST", base+"login/", "Content-Type: text/xml\r\n", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`), []int{415}},
		{raw("POST", base+"registration/", asJSON, `{"username":"a","email":"a@b.c\r\nBcc: x@y.z","password1":"x","password2":"y","is_staff":true}`), []int{400}},
		{user("Authorization: Token\r\n"), []int{401}},
		{user("Authorization: Token " + strings.Repeat("a", 8000) + "\r\n"), []int{401}},
		{user("Authorization: Token \xff\xff\r\n"), []int{400, 401}},
		{user("Authorization: Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJ1c2VyX2lkIjoiMSIsInRva2VuX3R5cGUiOiJhY2Nlc3MifQ.\r\n"), []int{401}},
		{user("Authorization: Bearer " + strings.Repeat(".", 5000) + "\r\n"), []int{401}},
		{user("Cookie: sessionid=" + strings.Repeat("x", 4000) + "\r\n"), []int{401}},
		{user("Cookie: sessionid=a; sessionid=b; sessionid=\"c\"\r\n"), []int{401}},
		{user("X-Filler: " + strings.Repeat("x", 40000) + "\r\n"), []int{431}},
		{user("X-Forwarded-For: 127.0.0.1, ::1, unknown\r\nX-Forwarded-Host: evil.example\r\n"), []int{401}},
		{raw("GET", base+"../../etc/passwd", "", ""), []int{301, 404}},
		{raw("GET", base+"user/?format=../../x", "", ""), []int{404}},
		{raw("GET", "/.env", "", ""), []int{404}},
		{raw("PROPFIND", base+"user/", "", ""), []int{401, 405}},
		{raw("DELETE", base+"login/", "", ""), []int{405}},
		{raw("GET", base+"registration/account-confirm-email/"+strings.Repeat("A", 3000)+"/", "", ""), []int{200, 404}},
		{raw("GET", "/password-reset/confirm/MQ/set-password/", "", ""), []int{200, 404}},
		{raw("POST", base+"password/reset/confirm/", asJSON, `{"uid":"MQ","token":"c0-ffee","new_password1":"a","new_password2":"a"}`), []int{400}},
		{raw("POST", base+"registration/verify-email/", asJSON, `{"key":"MQ:1:x"}`), []int{404}},
		{"GET / HTTP/1.1\r\n\r\n", []int{400}},
		{"POST " + base + "login/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n", []int{400}},
		{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", []int{400}},
	}
}
