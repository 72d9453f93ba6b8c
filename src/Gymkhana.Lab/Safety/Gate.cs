using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Gymkhana.Lab.Safety;

/// <summary>
/// What every request passes: the host it names must be this one (no DNS rebinding), a page of another origin is refused (no cross-site sockets or
/// forms), and where others than this machine are listened to, the token must come along.
/// </summary>
/// <param name="options">How the lab is served.</param>
internal sealed class Gate(LabOptions options)
{
    private const string TokenKey = "token";
    private const string Cookie = "gymkhana-lab";
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; media-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase) { "localhost", "127.0.0.1", "[::1]" };
    private readonly byte[]? _token = options.Token is null ? null : Encoding.UTF8.GetBytes(options.Token);

    /// <summary>Lets a request through or answers it.</summary>
    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        HttpRequest request = context.Request;
        if (!IsKnownHost(request.Host, context.Connection.LocalIpAddress))
        {
            await RefuseAsync(context, 421, $"This is not '{Short(request.Host.Value)}'. Open the address that 'gymkhana lab' printed.");
        }
        else if (!IsOwnOrigin(request))
        {
            await RefuseAsync(context, 403, "This request comes from a page of another site.");
        }
        else if (_token is not null && !HasToken(request))
        {
            if (HttpMethods.IsGet(request.Method) && request.Query[TokenKey].ToString() is { Length: > 0 } given && IsToken(given))
            {
                // The token leaves the address, and with it the history and what is copied from there.
                context.Response.Cookies.Append(Cookie, given, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
                context.Response.Redirect(request.Path.HasValue ? request.Path.Value! : "/");
            }
            else
            {
                await RefuseAsync(context, 401, "A token is needed. Open the address with '?token=...' that 'gymkhana lab' printed.");
            }
        }
        else
        {
            await next(context);
        }
    }

    /// <summary>Answers with a refusal.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string line)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(new Refusal(line), LabJson.Default.Refusal, contentType: null, context.RequestAborted);
    }

    private static string Short(string? text) => text is null ? string.Empty : text.Length > 100 ? text[..100] : text;

    // Whoever asks by an address asks this machine; a name could be anybody's.
    private bool IsKnownHost(HostString host, IPAddress? own)
    {
        string name = host.Host;
        if (_hosts.Contains(name) || _hosts.Contains($"[{name}]")) return true;
        if (options.Listen is null) return false;
        return string.Equals(name, options.Listen, StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name.Trim('[', ']'), out IPAddress? address) && own is not null && (address.Equals(own) || address.Equals(own.MapToIPv4())));
    }

    private static bool IsOwnOrigin(HttpRequest request)
    {
        string origin = request.Headers.Origin.ToString();
        bool isSocket = request.Headers.Upgrade.Count > 0;
        bool changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        bool isFromElsewhere = request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";
        if (origin.Length == 0) return !isSocket && !changes && (!isFromElsewhere || IsNavigation(request));
        return string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }

    // A link on another page may lead here; what it leads to is the page alone.
    private static bool IsNavigation(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"].ToString() == "navigate" && !request.Path.StartsWithSegments("/api") && !request.Path.StartsWithSegments("/live");

    private bool HasToken(HttpRequest request)
    {
        const string Bearer = "Bearer ";
        string header = request.Headers.Authorization.ToString();
        return (request.Cookies.TryGetValue(Cookie, out string? cookie) && IsToken(cookie))
            || (header.StartsWith(Bearer, StringComparison.Ordinal) && IsToken(header[Bearer.Length..]));
    }

    private bool IsToken(string given) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _token);
}
