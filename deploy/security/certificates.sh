#!/bin/sh
# Makes the certificate of a broker, and an authority for it where there is none yet; needs only Java.
#
#   KEYSTORE_PASSWORD=… deploy/security/certificates.sh /etc/newsfeed broker kafka-1.example 192.0.2.1
#
#   ca.p12        the authority's key: keep it away from the brokers
#   ca.pem        its certificate: every client's trust store
#   broker.p12    the broker's key and certificate, for these names and addresses
set -eu
umask 077

[ $# -ge 3 ] && [ -n "${KEYSTORE_PASSWORD:-}" ] || {
  sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
dir=$1
name=$2
shift 2
keytool=${JAVA_HOME:+$JAVA_HOME/bin/}keytool
authority="-keystore $dir/ca.p12 -storetype PKCS12 -storepass:env KEYSTORE_PASSWORD"
broker="-keystore $dir/$name.p12 -storetype PKCS12 -storepass:env KEYSTORE_PASSWORD"
key="-keyalg EC -groupname secp256r1 -sigalg SHA256withECDSA"

names=
for host in "$@"; do
  case $host in
    *:* | *[0-9].[0-9]*) names="$names,ip:$host" ;;
    *) names="$names,dns:$host" ;;
  esac
done

mkdir -p "$dir"
# shellcheck disable=SC2086 # options are several words
{
  [ -f "$dir/ca.p12" ] || {
    "$keytool" -genkeypair -alias ca $authority $key -dname "CN=newsfeed authority" \
      -validity 3650 -ext bc:c=ca:true,pathlen:0 -ext ku:c=keyCertSign,cRLSign
    "$keytool" -exportcert -rfc -alias ca $authority -file "$dir/ca.pem"
    chmod 644 "$dir/ca.pem"
  }
  "$keytool" -genkeypair -alias broker $broker $key -dname "CN=broker" -validity 825
  "$keytool" -certreq -alias broker $broker -file "$dir/$name.csr"
  "$keytool" -gencert -rfc -alias ca $authority -infile "$dir/$name.csr" -outfile "$dir/$name.pem" \
    -validity 825 -ext "san=${names#,}" -ext ku:c=digitalSignature -ext eku=serverAuth,clientAuth
  "$keytool" -importcert -noprompt -alias ca $broker -file "$dir/ca.pem"
  "$keytool" -importcert -alias broker $broker -file "$dir/$name.pem"
} 2>"$dir/keytool.log" || {
  cat "$dir/keytool.log" >&2
  exit 1
}
rm "$dir/$name.csr" "$dir/$name.pem" "$dir/keytool.log"
