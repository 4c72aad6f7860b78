import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptsGzip } from './gzip.ts';

/** What the page may load: its own files, nothing inline, nothing from elsewhere (CSP level 3). */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzip: Buffer | undefined;
  readonly brotli: Buffer | undefined;
}

/** A file of the UI, ready to be sent. */
export interface UiFile {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface BuiltUiOptions {
  /** Folder with index.html and assets. */
  readonly root: string;
  /** Mount point, with both slashes. */
  readonly path: string;
  readonly datacenter: string;
}

/**
 * The Web UI that comes with the agent, held in memory: a few hundred kilobytes, compressed when they were
 * built. Names of assets hold a hash of what is in them, so that browsers keep them for ever.
 */
export class BuiltUi {
  private readonly assets = new Map<string, Asset>();
  private readonly page: string;
  private readonly options: BuiltUiOptions;

  /** Throws where the folder cannot be read. */
  constructor(options: BuiltUiOptions) {
    this.options = options;
    this.page = readFileSync(join(options.root, 'index.html'), 'utf8');
    const folder = join(options.root, 'assets');
    const names = readdirSync(folder);
    const read = (name: string) =>
      names.includes(name) ? readFileSync(join(folder, name)) : undefined;
    for (const name of names) {
      const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
      if (type === undefined) continue;
      const [gzip, brotli] = [read(`${name}.gz`), read(`${name}.br`)];
      this.assets.set(`assets/${name}`, { type, plain: read(name)!, gzip, brotli });
    }
  }

  /** Whether a folder holds a built UI. */
  static isAt(root: string): boolean {
    return root !== '' && existsSync(join(root, 'index.html')) && existsSync(join(root, 'assets'));
  }

  /**
   * A file by its path behind the mount point; undefined for an asset that does not exist. All other paths
   * are the page: it does its own routing.
   */
  file(path: string, acceptEncoding: string): UiFile | undefined {
    if (!path.startsWith('assets/')) return this.pageFor(path);
    const asset = this.assets.get(path);
    if (!asset) return undefined;
    const [bytes, encoding] = encoded(asset, acceptEncoding);
    return {
      bytes,
      headers: {
        ...SAFE_HEADERS,
        'Content-Type': asset.type,
        'Cache-Control': 'public, max-age=31536000, immutable',
        Vary: 'Accept-Encoding',
        ...(encoding !== '' && { 'Content-Encoding': encoding }),
      },
    };
  }

  /**
   * The page for a path. Its base is relative to the path, so that a proxy in front may put the agent below
   * any prefix without the agent's knowing.
   */
  private pageFor(path: string): UiFile {
    const up = '../'.repeat(path.split('/').length - 1);
    const root = '../'.repeat(this.options.path.split('/').length - 2);
    const page = this.page
      .replace('%BASE%', up === '' ? './' : up)
      .replace('%API%', root === '' ? './' : root)
      .replace('%DATACENTER%', escapeAttribute(this.options.datacenter));
    return {
      bytes: Buffer.from(page),
      headers: {
        ...SAFE_HEADERS,
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': POLICY,
        'Cache-Control': 'no-cache',
      },
    };
  }
}

function encoded({ plain, gzip, brotli }: Asset, accept: string): readonly [Buffer, string] {
  if (brotli && /\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accept)) return [brotli, 'br'];
  if (gzip && acceptsGzip(accept)) return [gzip, 'gzip'];
  return [plain, ''];
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
