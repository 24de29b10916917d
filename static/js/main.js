// Starts what the page asks for with its data attributes.
import { startBoard } from "./board.js";
import { startDarts } from "./darts.js";
import { startKeys } from "./keys.js";
import { startList } from "./list.js";
import { startReview } from "./review.js";
import { startPage } from "./side.js";
import { startUploads } from "./upload.js";

startPage();
startKeys();
startUploads();
startList();
startReview();
startBoard();
startDarts();
