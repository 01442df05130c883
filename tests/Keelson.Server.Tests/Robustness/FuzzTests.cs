using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Machinery.Certificates;
using Keelson.Machinery.Schedules;
using Keelson.Machinery.Tests.Fuzz;
using Keelson.Server.Authentication;
using Keelson.Server.Authentication.ServiceAccounts;
using Keelson.Server.Discovery;
using Keelson.Server.Http;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;
using Keelson.Store;
using Keelson.Store.Embedded;

namespace Keelson.Server.Tests.Robustness;

/// <summary>
/// What the server reads off requests, files and the store: broken input ends with the reader's own refusal, soon. The
/// seeds are in the code: a failure repeats, and its message carries the input.
/// </summary>
public sealed class FuzzTests
{
    private const int Rounds = 3000;

    [Fact]
    public void Continue_tokens() => Run(
        1,
        [new ContinueToken(17, "default/a").Encode(), "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0", "e30"],
        static text => Outcome(ContinueToken.Decode(text)));

    [Fact]
    public void Media_types() => Run(
        2,
        ["application/json;as=Table;v=v1;g=meta.k8s.io, application/vnd.kubernetes.protobuf;q=0.5, */*", "text/*;stream=watch"],
        static text =>
        {
            Outcome(MediaType.Negotiate(text, isList: text.Length % 2 == 0));
            _ = AcceptClause.Read(text).ToArray();
            _ = ObjectBody.FormatOf(text);
        });

    [Fact]
    public void Paths() => Run(
        3,
        ["/api/v1/namespaces/a/pods/b/log", "/apis/apps/v1/watch/namespaces/a/deployments/x", "/apis/g/v/namespaces/n/r/o/s/t"],
        static text =>
        {
            foreach (string method in (string[])["GET", "DELETE", "PUT", "X"])
            {
                Assert.NotNull(RequestInfo.Read(method, text, isWatch: true).Verb);
            }
        });

    [Fact]
    public void Selectors()
    {
        ApiKind pods = ApiKinds.CoreV1Pod;
        Run(
            4,
            ["a in (b,c),!d,e!=f", "metadata.name=x,status.phase!=y,spec.nodeName=\\=z"],
            text =>
            {
                Outcome(ObjectFilter.Parse(pods, text, ""));
                Outcome(ObjectFilter.Parse(pods, "", text));
            });
    }

    [Fact]
    public void Tokens()
    {
        string header = Text("""{"alg":"RS256","kid":"x"}""");
        string claims = Text(
            """
            {"iss":"https://x","sub":"system:serviceaccount:a:b","aud":["c"],"exp":1,"iat":1,"nbf":1,
             "kubernetes.io":{"namespace":"a","serviceaccount":{"name":"b","uid":"u"},"pod":{"name":"p","uid":"q"}}}
            """);
        Run(5, [$"{header}.{claims}.c2ln", $"{header}.{Text("{}")}."], static text =>
        {
            if (JsonWebToken.TryParse(text, out JsonWebToken? token))
            {
                _ = ServiceAccountClaimsReader.ReadIssuer(token.Payload);
                _ = ServiceAccountClaimsReader.Read(token.Payload);
            }
        });

        // Claims themselves, with the right words in the wrong places.
        Mutation mutation = new(6);
        byte[] good = Convert.FromBase64String(
            claims.Replace('-', '+').Replace('_', '/').PadRight((claims.Length + 3) / 4 * 4, '='));
        for (int i = 0; i < Rounds; i++)
        {
            byte[] payload = mutation.Of(good);
            _ = ServiceAccountClaimsReader.ReadIssuer(payload);
            _ = ServiceAccountClaimsReader.Read(payload);
        }
    }

    [Fact]
    public void Schedules() => Run(
        7,
        ["*/5 1-3,7 * JAN-DEC mon#2", "@every 1h30m", "CRON_TZ=Europe/Berlin 0 0 29 2 *", "@daily", "0 0 31 2 *"],
        static text =>
        {
            if (CronSchedule.TryParse(text, out CronSchedule? schedule, out string? error))
            {
                _ = schedule.Next(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
            }
            else
            {
                Assert.NotEmpty(error);
            }
        });

    [Fact]
    public void Certificates_and_keys()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=a,O=b", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("x");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        string signing = request.CreateSigningRequestPem();
        string certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200))
            .ExportCertificatePem();
        Run(8, [signing], static text => Assert.True(
            CertificateRequestContent.Parse(Encoding.UTF8.GetBytes(text), out string? error) is not null || error is { Length: > 0 }), rounds: 600);
        Run(
            9,
            [certificate, key.ExportSubjectPublicKeyInfoPem()],
            static text =>
            {
                try
                {
                    _ = TokenKey.ReadPem(text);
                }
                catch (FormatException)
                {
                    // Documented: no key in the text.
                }
            },
            rounds: 600);

        // DER itself, so that damage gets past the base64.
        Mutation mutation = new(10);
        byte[] der = request.CreateSigningRequest();
        for (int i = 0; i < 600; i++)
        {
            string pem = PemEncoding.WriteString("CERTIFICATE REQUEST", mutation.Of(der));
            _ = CertificateRequestContent.Parse(Encoding.UTF8.GetBytes(pem), out _);
        }
    }

    [Fact]
    public void Token_files() => Run(11, ["t,u,i,\"a,b\"\nx,y,z\n", "a,b,c,d"], static text =>
    {
        try
        {
            _ = TokenFileAuthenticator.Parse(text, "file");
        }
        catch (Exception refusal) when (refusal is FormatException or InvalidDataException)
        {
            Assert.NotEmpty(refusal.Message);
        }
    });

    [Fact]
    public async Task Foreign_and_broken_keys_in_the_store_stop_nobody()
    {
        Random random = new(12);
        await using EmbeddedStore store = EmbeddedStore.Open(new EmbeddedStoreOptions());
        string[] prefixes = ["/registry/", "/registry/pods/", "/registry/services/specs/", "/registry/services/", "/registry/nope/", "/other/"];
        for (int i = 0; i < 300; i++)
        {
            string name = string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => "/a.-é%"[random.Next(6)]));
            byte[] value = new byte[random.Next(40)];
            random.NextBytes(value);
            await store.PutIfAsync(prefixes[random.Next(prefixes.Length)] + name, value, 0, 0, CancellationToken.None);
        }

        List<Exception> lost = [];
        await using ObjectStorage storage = new(
            store, "/registry", new JsonObjectCodec(), TimeProvider.System, lost.Add);
        await storage.StartAsync(CancellationToken.None);
        foreach (ObjectCache cache in storage.Caches)
        {
            foreach (StoredObject obj in cache.Snapshot.Range("", "\uffff"))
            {
                _ = obj.Name + obj.Namespace;
            }
        }

        await store.PutIfAsync("/registry/configmaps/a/b", "k8s\0 no more"u8.ToArray(), 0, 0, CancellationToken.None);
        Assert.Empty(lost);
    }

    private static string Text(string json) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static void Outcome<T>(ApiResult<T> result)
    {
        if (result.Error is { } error)
        {
            Assert.InRange(error.Code, 400, 499);
            Assert.NotEmpty(error.Message);
        }
    }

    private static void Run(int seed, string[] good, Action<string> read, int rounds = Rounds)
    {
        Mutation mutation = new(seed);
        byte[][] inputs = [.. good.Select(Encoding.UTF8.GetBytes)];
        TimeProvider clock = TimeProvider.System;
        for (int round = 0; round < rounds; round++)
        {
            string input = Encoding.UTF8.GetString(mutation.Of(inputs));
            long start = clock.GetTimestamp();
            try
            {
                read(input);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"round {round}: {failure.GetType().Name} for {input}", failure);
            }

            Assert.True(clock.GetElapsedTime(start) < TimeSpan.FromSeconds(2), $"slow: {input}");
        }
    }
}
