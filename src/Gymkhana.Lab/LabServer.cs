using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Runs;
using Gymkhana.Lab.Live;
using Gymkhana.Lab.Making;
using Gymkhana.Lab.Runs;
using Gymkhana.Lab.Safety;
using Gymkhana.Lab.Worlds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using BadRequest = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Gymkhana.Lab;

/// <summary>Serves the lab: its page, what it asks for, and what it watches. <c>docs/lab.md</c> describes the interface.</summary>
public sealed class LabServer : IAsyncDisposable
{
    private const long LongestBody = 64 << 10;
    private const double MostChanges = 20;
    private const double ChangesPerSecond = 2;
    private const string NoPage = "The lab's page was not built: Node.js 20 or newer was not there when the program was built. Install it and build again (delete src/Gymkhana.Cli/bin, then './gymkhana lab').\n";

    private readonly WebApplication _application;
    private readonly LabParts _parts;
    private readonly LabOptions _options;
    private readonly WorldPages _worlds;
    private readonly RunShelf _shelf;
    private readonly PolicyShelf _policies;
    private readonly Trainings _trainings;
    private readonly RunFeeds _feeds;
    private readonly Comparisons _comparisons;
    private readonly Works _works;
    private readonly Places _sockets;
    private readonly Places _scenes;
    private readonly Places _races;
    private readonly ChangeRate _changes = new(MostChanges, ChangesPerSecond);

    /// <summary>A server; nothing is listened to before <see cref="StartAsync"/>.</summary>
    /// <param name="parts">What the program is made of.</param>
    /// <param name="options">How it is served.</param>
    /// <exception cref="GymkhanaException">The address is none.</exception>
    public LabServer(LabParts parts, LabOptions options)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(options);
        if ((options.Listen is null) != (options.Token is null)) throw new ArgumentException("A token goes with an address to listen at, and only with one.", nameof(options));
        (_parts, _options) = (parts, options);
        _worlds = new WorldPages(parts);
        _shelf = new RunShelf(parts, _worlds, options.RunsFolder);
        _policies = new PolicyShelf(parts, options, _shelf);
        _trainings = new Trainings(parts, options, _shelf);
        _feeds = new RunFeeds(_shelf, _trainings);
        _comparisons = new Comparisons(_shelf);
        _works = new Works(parts, options, _shelf, _policies);
        _sockets = new Places(options.MostSockets);
        _scenes = new Places(options.MostScenes);
        _races = new Places(options.MostRaces);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Limit);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
        _application = builder.Build();
        Map();
    }

    /// <summary>Where the page is, once it is served.</summary>
    public string Address
    {
        get
        {
            string address = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? throw new InvalidOperationException("The lab is not served yet.");
            return _options.Token is null ? address + "/" : $"{address}/?token={_options.Token}";
        }
    }

    /// <summary>Begins to serve.</summary>
    /// <param name="stop">Gives up.</param>
    /// <returns>When it listens.</returns>
    /// <exception cref="GymkhanaException">The port is taken or may not be listened at.</exception>
    public async Task StartAsync(CancellationToken stop)
    {
        try
        {
            await _application.StartAsync(stop);
        }
        catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException)
        {
            throw new LabException($"Cannot listen at port {_options.Port}: {failure.GetBaseException().Message.ReplaceLineEndings(" ")}. Give another with --port, or 0 for any that is free.", failure);
        }
    }

    /// <summary>Serves until it is told to stop.</summary>
    /// <param name="stop">Tells it.</param>
    /// <returns>When it has ended.</returns>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, stop);
        }
        catch (OperationCanceledException)
        {
            await _application.StopAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _trainings.Dispose();
        _works.Dispose();
    }

    private CancellationToken Stopping => _application.Lifetime.ApplicationStopping;

    private void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LongestBody;
        kestrel.Limits.MaxConcurrentConnections = 2048;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(1);
        if (_options.Listen is null)
        {
            if (_options.Port == 0) kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
            else kestrel.ListenLocalhost(_options.Port, o => o.Protocols = HttpProtocols.Http1);
        }
        else if (IPAddress.TryParse(_options.Listen, out IPAddress? address))
        {
            kestrel.Listen(address, _options.Port, o => o.Protocols = HttpProtocols.Http1);
        }
        else
        {
            throw new LabException($"--listen expects an IP address of this machine, such as 192.168.1.20, or 0.0.0.0 for all of them; got '{_options.Listen}'.");
        }
    }

    private void Map()
    {
        var gate = new Gate(_options);
        _application.Use(next => context => gate.PassAsync(context, next));
        _application.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(10), KeepAliveTimeout = TimeSpan.FromSeconds(10) });
        ServePage();
        _application.UseRouting();
        Get("/api/lab", LabJson.Default.LabCard, _ => new LabCard(TrainingRun.ProgramVersion(), _shelf.Root, Environment.ProcessorCount, _worlds.Cards(), _worlds.Algorithms(), _policies.Cards()));
        Get("/api/worlds/{id}", LabJson.Default.WorldDetails, context => WorldPages.Details(World(Route(context, "id"))));
        Get("/api/runs", LabJson.Default.RunList, _ => new RunList(_shelf.Cards()));
        Get("/api/runs/{name}", LabJson.Default.RunDetails, context => _shelf.Details(Route(context, "name")));
        _application.MapGet("/api/runs/{name}/files/{file}", context => AnswerAsync(context, () => DownloadAsync(context, _shelf.FileOf(Route(context, "name"), Route(context, "file")))));
        Change("POST", "/api/runs", async context => await WriteAsync(context, 201, new RunName(await _trainings.StartAsync(await BodyAsync(context, LabJson.Default.TrainingWish), Stopping)), LabJson.Default.RunName));
        Change("POST", "/api/runs/{name}/stop", context => Done(context, 202, () => _trainings.Stop(Route(context, "name"))));
        Change("POST", "/api/runs/{name}/resume", async context =>
        {
            await _trainings.ResumeAsync(Route(context, "name"), await BodyAsync(context, LabJson.Default.TrainingWish), Stopping);
            context.Response.StatusCode = 202;
        });
        Change("POST", "/api/runs/{name}/rename", async context =>
        {
            string name = (await BodyAsync(context, LabJson.Default.RunName)).Name ?? string.Empty;
            _trainings.Rename(Route(context, "name"), name);
            await WriteAsync(context, 200, new RunName(name), LabJson.Default.RunName);
        });
        Change("DELETE", "/api/runs/{name}", context => Done(context, 204, () => _trainings.Delete(Route(context, "name"))));
        Get("/api/compare", LabJson.Default.ComparedRuns, context => _comparisons.Compare([.. context.Request.Query["run"].OfType<string>()]));
        Change("POST", "/api/works", async context => await WriteAsync(context, 201, _works.Start(await BodyAsync(context, LabJson.Default.WorkWish)), LabJson.Default.WorkCard));
        Get("/api/works/{id}", LabJson.Default.WorkCard, context => _works.Card(Route(context, "id")));
        _application.MapGet("/api/works/{id}/file", context => AnswerAsync(context, () => DownloadAsync(context, _works.FileOf(Route(context, "id")))));
        Follow("/live/runs", (_, socket) => _feeds.FollowAllAsync(socket));
        Follow("/live/runs/{name}", (context, socket) => _feeds.FollowAsync(socket, Route(context, "name")));
        Show("/live/scene", _scenes, "scenes", _policies.Scene);
        Show("/live/race", _races, "races", query => _policies.Race(RaceWish.Of(query)));
        _application.Map("/api/{**rest}", context => Gate.RefuseAsync(context, 404, "There is no such request; docs/lab.md lists them."));
        _application.MapFallback(context => PageAsync(context));
    }

    private void ServePage()
    {
        if (!Directory.Exists(_options.PageFolder)) return;
        _application.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(Path.GetFullPath(_options.PageFolder)),
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = file.Context.Request.Path.StartsWithSegments("/assets") ? "public, max-age=31536000, immutable" : "no-cache",
        });
    }

    // Every address that is no file is a page of the application, which reads it.
    private Task PageAsync(HttpContext context)
    {
        string page = Path.Combine(_options.PageFolder, "index.html");
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)) return Gate.RefuseAsync(context, 405, "Only GET is answered here.");
        context.Response.Headers.CacheControl = "no-cache";
        if (!File.Exists(page))
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            context.Response.StatusCode = 503;
            return context.Response.WriteAsync(NoPage, context.RequestAborted);
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.SendFileAsync(page, context.RequestAborted);
    }

    private static string Route(HttpContext context, string key) => context.Request.RouteValues[key] as string ?? string.Empty;

    private EnvironmentRegistration World(string id)
    {
        try
        {
            return _parts.Environments.Find(id);
        }
        catch (UnknownNameException unknown)
        {
            throw new RefusedException(404, unknown.Message);
        }
    }

    private void Get<T>(string path, JsonTypeInfo<T> type, Func<HttpContext, T> answer) =>
        _application.MapGet(path, context => AnswerAsync(context, () => WriteAsync(context, 200, answer(context), type)));

    private void Change(string method, string path, Func<HttpContext, Task> work) =>
        _application.MapMethods(path, [method], context => AnswerAsync(context, async () =>
        {
            if (!_changes.TryTake()) throw new RefusedException(429, "Too many changes in a short time. Wait a second.");
            await work(context);
        }));

    private static Task Done(HttpContext context, int status, Action work)
    {
        work();
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(value, type, contentType: null, context.RequestAborted);
    }

    private static async Task<T> BodyAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (!context.Request.HasJsonContentType()) throw new RefusedException(415, "Expected a body of Content-Type application/json.");
        try
        {
            return await context.Request.ReadFromJsonAsync(type, context.RequestAborted) ?? throw new RefusedException(400, "Expected a JSON object, got null.");
        }
        catch (JsonException wrong)
        {
            throw new RefusedException(400, $"The body is not what is expected: {wrong.Message.ReplaceLineEndings(" ")}");
        }
    }

    // Whatever goes wrong is one line for the person in front of the page.
    private static async Task AnswerAsync(HttpContext context, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (!context.Response.HasStarted && failure is GymkhanaException or BadRequest or IOException or UnauthorizedAccessException)
        {
            int status = failure switch { RefusedException refused => refused.Status, BadRequest bad => bad.StatusCode, GymkhanaException => 400, _ => 500 };
            await Gate.RefuseAsync(context, status, failure.Message.ReplaceLineEndings(" "));
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for the answer any more.
        }
    }

    private static Task DownloadAsync(HttpContext context, string path)
    {
        string file = Path.GetFileName(path);
        bool isFilm = file.EndsWith(".mp4", StringComparison.Ordinal) || file.EndsWith(".gif", StringComparison.Ordinal);
        string type = isFilm && new FileExtensionContentTypeProvider().TryGetContentType(file, out string? known) ? known : "application/octet-stream";
        return Results.File(path, type, isFilm ? null : file, enableRangeProcessing: true).ExecuteAsync(context);
    }

    // Who follows has nothing to say.
    private void Follow(string path, Func<HttpContext, LabSocket, Task> work) =>
        _application.MapGet(path, context => AnswerAsync(context, () => SocketAsync(context, socket => socket.ServeAsync(_ => { }, s => work(context, s)))));

    private void Show(string path, Places places, string what, Func<IQueryCollection, IShow> find) =>
        _application.MapGet(path, context => AnswerAsync(context, () => ShowAsync(context, places, what, find)));

    private async Task SocketAsync(HttpContext context, Func<LabSocket, Task> serve)
    {
        if (!context.WebSockets.IsWebSocketRequest) throw new RefusedException(426, "This is a WebSocket; docs/lab.md says what it tells.");
        using WebSocket accepted = await context.WebSockets.AcceptWebSocketAsync();
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, Stopping);
        using var socket = new LabSocket(accepted, closing.Token);
        if (!_sockets.TryTake())
        {
            await socket.RefuseAsync((WebSocketCloseStatus)1013, $"the lab serves at most {_sockets.Count} sockets; close a page and try again");
            return;
        }

        try
        {
            await serve(socket);
        }
        finally
        {
            _sockets.Leave();
        }
    }

    private Task ShowAsync(HttpContext context, Places places, string what, Func<IQueryCollection, IShow> find) => SocketAsync(context, async socket =>
    {
        if (!places.TryTake())
        {
            await socket.RefuseAsync((WebSocketCloseStatus)1013, $"the lab shows at most {places.Count} {what}; close a page and try again");
            return;
        }

        try
        {
            await PlayAsync(socket, context.Request.Query, find);
        }
        finally
        {
            places.Leave();
        }
    });

    private static async Task PlayAsync(LabSocket socket, IQueryCollection query, Func<IQueryCollection, IShow> find)
    {
        Playback playing;
        try
        {
            string paused = query["paused"].ToString();
            if (paused is not ("" or "true" or "false")) throw new RefusedException(400, $"paused is true or false, not '{paused}'.");
            playing = new Playback(find(query), paused == "true");
        }
        catch (GymkhanaException refused)
        {
            await socket.ServeAsync(_ => { }, s => TellAsync(s, refused.Message));
            return;
        }

        using Playback playback = playing;
        await socket.ServeAsync(playback.Hear, async s =>
        {
            try
            {
                await playback.ShowAsync(s);
            }
            catch (GymkhanaException failure)
            {
                await TellAsync(s, failure.Message);
            }
        });
    }

    private static Task TellAsync(LabSocket socket, string problem) => socket.SendAsync(new ErrorMessage("error", problem), LabJson.Default.ErrorMessage);
}

/// <summary>A lab that cannot be served.</summary>
/// <param name="message">One line for a person.</param>
/// <param name="cause">What happened, or null.</param>
public sealed class LabException(string message, Exception? cause = null) : GymkhanaException(message, cause);
