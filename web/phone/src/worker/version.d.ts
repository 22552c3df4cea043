/** The app's version, as package.json has it. */
declare const __APP_VERSION__: string;
