using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>What comes before the pipeline, each only if it is configured.</summary>
internal static class OuterFilters
{
    private const string Methods = "POST, GET, OPTIONS, PUT, DELETE, PATCH";
    private const string Headers =
        "Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization, X-Requested-With, If-Modified-Since";

    /// <summary>The pipeline with what is configured around it.</summary>
    public static RequestDelegate Around(ApiServerConfig config, RequestDelegate pipeline)
    {
        RequestDelegate handler = pipeline;
        if (config.CorsAllowedOrigins.Count > 0)
        {
            handler = WithOrigins(
                [.. config.CorsAllowedOrigins.Select(one => new Regex(one, RegexOptions.CultureInvariant))], handler);
        }

        return config.Limits.GoawayChance > 0
            ? WithFarewells(config.Limits.GoawayChance, config.Random, handler)
            : handler;
    }

    /// <summary>Lets browsers call that were led here by pages of the origins allowed.</summary>
    private static RequestDelegate WithOrigins(Regex[] allowed, RequestDelegate next) => http =>
    {
        string origin = http.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || !allowed.Any(one => one.IsMatch(origin)))
        {
            return next(http);
        }

        IHeaderDictionary headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = Headers;
        headers.AccessControlExposeHeaders = "Date";
        headers.AccessControlAllowCredentials = "true";
        if (http.Request.Method != HttpMethods.Options)
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    /// <summary>
    /// Asks the clients of some HTTP/2 connections to open another when they are done with this one, which behind a
    /// load balancer may lead to another server.
    /// </summary>
    private static RequestDelegate WithFarewells(double chance, Random random, RequestDelegate next) => http =>
    {
        if (http.Request.Protocol == HttpProtocol.Http2)
        {
            bool ends;
            lock (random)
            {
                ends = random.NextDouble() < chance;
            }

            if (ends)
            {
                http.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
            }
        }

        return next(http);
    };
}
