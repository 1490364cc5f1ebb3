'use strict';
// node subscriber.js HUB TOPIC: subscribes as npm's pubsubhubbub does and tells in a line each what comes

const { createHmac } = require('crypto');
const { createServer } = require('pubsubhubbub');

const [hub, topic] = process.argv.slice(2);
const site = createServer({ secret: 'of this site', leaseSeconds: 3600 });

site.on('listen', () => {
  site.callbackUrl = `http://127.0.0.1:${site.server.address().port}`;
  site.subscribe(topic, hub, error => console.log(error ? `refused ${error}` : 'asked'));
  // 1.0.2 gives the hub this secret, but would check signatures by the other
  site.secret = createHmac('sha1', site.secret).update(topic).digest('hex');
});
site.on('subscribe', data => console.log(`subscribed ${data.topic}`));
site.on('feed', data => {
  const headline = /Headline \d+/.exec(data.feed.toString());
  console.log(`feed ${data.headers['content-type']} ${headline ? headline[0] : 'nothing'}`);
});
site.on('error', error => console.log(`error ${error}`));
site.listen(0, '127.0.0.1');
