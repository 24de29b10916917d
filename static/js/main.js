// Starts what the page asks for with its data attributes.
import { startBoard } from "./board.js";
import { startDarts } from "./darts.js";
import { startKeys } from "./keys.js";
import { startList } from "./list.js";
import { startOutbox } from "./outbox.js";
import { startReview } from "./review.js";
import { startPage } from "./side.js";
import { startUploads } from "./upload.js";

startPage();
startKeys();
startUploads();
startOutbox();
startList();
startReview();
startBoard();
startDarts();
