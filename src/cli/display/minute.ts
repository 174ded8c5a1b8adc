/** A time to the minute, in UTC. The heading or the text beside it says UTC. */
export const minuteOf = (date: string): string => date.slice(0, 16).replace('T', ' ');
