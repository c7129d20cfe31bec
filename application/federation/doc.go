// Package federation lets people sign in with what they have elsewhere, and
// connect and disconnect it.
//
// It says which account an identity belongs to, and makes one where there is
// none; whether that account may come in is authentication's decision, and the
// caller takes it there. What a provider's word is worth is the provider adapter's
// business, and the rules by which identity and account meet are the domain's.
package federation
