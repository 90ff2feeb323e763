// The Web Worker: its own end of the channel to its page, or ports that the page passes on.
import { serveLearner } from 'rx-eddy/worker';

if (location.search === '?ports') self.onmessage = ({ data: port }) => serveLearner(port);
else serveLearner(self);
