// Package qrsvg draws QR codes as SVG: an authenticator app takes its secret from the
// screen, and the image is text that no other server has to be asked for.
package qrsvg
