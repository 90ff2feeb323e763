// The Web Worker: its own end of the channel to its page, or ports that the page passes on.
import { runLearnerWorker } from 'rx-eddy/worker';

if (location.search === '?ports') self.onmessage = ({ data: port }) => runLearnerWorker(port);
else runLearnerWorker(self);
