import './seed.ts';
import './equality.ts';
