module lakehouse/tools/definitions

go 1.26.0

// Nothing is built of these: their archives carry the custom resource definitions.
require (
	github.com/cert-manager/cert-manager v1.21.1
	github.com/cloudnative-pg/plugin-barman-cloud v0.13.0
	github.com/rook/rook v1.20.6
	sigs.k8s.io/gateway-api v1.6.1
	sigs.k8s.io/network-policy-api v0.2.0
)
