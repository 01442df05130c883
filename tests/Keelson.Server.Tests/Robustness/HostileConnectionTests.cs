using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Keelson.Server.Tests.Robustness;

/// <summary>Clients that are slow, dead, broken or mean: the server stays up, and what they cost is bounded.</summary>
public sealed class HostileConnectionTests(RobustServer server) : IClassFixture<RobustServer>
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public async Task Plain_http_is_told_that_this_is_https()
    {
        using RawConnection connection = await RawConnection.OpenAsync(server, protocol: null);
        await connection.SendAsync("GET /version HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal(
            "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n", await connection.ReadAllAsync());
    }

    [Fact]
    public async Task A_first_byte_that_comes_late_is_waited_for()
    {
        using RawConnection connection = await RawConnection.OpenAsync(server, protocol: null);
        await connection.SendAsync("PO");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        await connection.SendAsync("ST /version HTTP/1.1\r\n\r\n");
        Assert.EndsWith("HTTPS server.\n", await connection.ReadAllAsync());
    }

    [Theory]
    [InlineData("\u0000\u0001\u0002 neither TLS nor HTTP, but long enough to be looked at")]
    [InlineData("\u0016\u0003\u0001\u00ff\u00ff a TLS record of a length that never comes to its end")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    public async Task What_is_no_handshake_ends_the_connection(string garbage)
    {
        using (RawConnection connection = await RawConnection.OpenAsync(server, protocol: null))
        {
            await connection.SendAsync(garbage);
            Assert.DoesNotContain("HTTP", await connection.ReadAllAsync(seconds: 1));
        }

        await server.AssertAliveAsync();
    }

    [Fact]
    public async Task Thousands_of_idle_connections_cost_little()
    {
        long before = RobustServer.Held();
        List<RawConnection> idle = [];
        try
        {
            for (int i = 0; i < 1500; i++)
            {
                idle.Add(await RawConnection.OpenAsync(server, protocol: null));
            }

            for (int i = 0; i < 100; i++)
            {
                idle.Add(await RawConnection.OpenAsync(server));
                await idle[^1].SendAsync("GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: never");
            }

            await server.AssertAliveAsync();
            Assert.InRange(RobustServer.Held() - before, long.MinValue, 200 * Megabyte);
        }
        finally
        {
            idle.ForEach(one => one.Dispose());
        }

        await server.AssertAliveAsync();
    }

    [Fact]
    public async Task Bodies_that_end_half_way_leave_nothing_behind()
    {
        for (int i = 0; i < 100; i++)
        {
            using RawConnection connection = await RawConnection.OpenAsync(server);
            await connection.SendAsync(
                $"POST {ConfigMaps} HTTP/1.1\r\nHost: x\r\n{RobustServer.Authorization}Content-Type: application/json\r\n"
                + "Content-Length: 100000\r\n\r\n{\"metadata\":{\"name\":\"half\"}");
            connection.Reset();
        }

        using HttpResponseMessage half = await server.Client.GetAsync(ConfigMaps + "/half");
        Assert.Equal(HttpStatusCode.NotFound, half.StatusCode);
    }

    [Theory]
    [InlineData("zz\r\nabc\r\n")]
    [InlineData("5\r\nabcdefgh\r\n0\r\n\r\n")]
    [InlineData("fffffffffffffffff\r\nabc\r\n")]
    public async Task A_bad_chunk_is_a_bad_request(string chunks)
    {
        using RawConnection connection = await RawConnection.OpenAsync(server);
        await connection.SendAsync(
            $"POST {ConfigMaps} HTTP/1.1\r\nHost: x\r\n{RobustServer.Authorization}Content-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n" + chunks);
        Assert.StartsWith("HTTP/1.1 400 ", await connection.ReadAllAsync(seconds: 5));
    }

    [Fact]
    public async Task Long_headers_and_urls_are_read_up_to_a_megabyte()
    {
        string many = string.Concat(Enumerable.Range(0, 500).Select(i => $"X-{i}: a\r\n"));
        Assert.StartsWith(
            "HTTP/1.1 200 ", await GetAsync("/version", "X-Long: " + new string('a', 200_000) + "\r\n" + many));
        string values = string.Join(',', Enumerable.Range(0, 20_000).Select(i => "v" + i));
        Assert.StartsWith("HTTP/1.1 200 ", await GetAsync($"{ConfigMaps}?labelSelector=a%20in%20({values})", ""));
        Assert.StartsWith("HTTP/1.1 4", await GetAsync("/version", "X-Long: " + new string('a', 3_000_000) + "\r\n"));

        using HttpRequestMessage second = new(HttpMethod.Get, $"{ConfigMaps}?labelSelector=a%20in%20({values})")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HttpResponseMessage answer = await server.Client.SendAsync(second);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_not_waited_for_beyond_the_requests_time()
    {
        using RawConnection connection = await RawConnection.OpenAsync(server);
        await connection.SendAsync(
            $"POST {ConfigMaps} HTTP/1.1\r\nHost: x\r\n{RobustServer.Authorization}Content-Type: application/json\r\n"
            + "Content-Length: 100\r\n\r\n{");
        string answer = await connection.ReadAllAsync();
        Assert.StartsWith("HTTP/1.1 504 ", answer);
        Assert.Contains("request did not complete within the allotted timeout", answer);
    }

    [Fact]
    public async Task A_list_that_is_not_read_in_time_is_cut_off_and_does_not_look_whole()
    {
        string value = new('y', 900_000);
        for (int i = 0; i < 8; i++)
        {
            await CreateAsync("half-" + i, value);
        }

        using RawConnection connection = await RawConnection.OpenAsync(server);
        await connection.SendAsync($"GET {ConfigMaps} HTTP/1.1\r\nHost: x\r\n{RobustServer.Authorization}\r\n");
        await Task.Delay(RobustServer.RequestTimeout + TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        string read = await connection.ReadAllAsync();
        Assert.StartsWith("HTTP/1.1 200 ", read);
        Assert.False(read.EndsWith("0\r\n\r\n", StringComparison.Ordinal), "the list ends as if it were whole");
    }

    [Fact]
    public async Task Lists_that_nobody_reads_do_not_fill_the_memory()
    {
        string value = new('x', 500_000);
        for (int i = 0; i < 16; i++)
        {
            await CreateAsync("unread-" + i, value);
        }

        long before = RobustServer.Held();
        List<RawConnection> unread = [];
        try
        {
            // 8 MB each, were it not for the push back.
            for (int i = 0; i < 60; i++)
            {
                unread.Add(await RawConnection.OpenAsync(server));
                await unread[^1].SendAsync($"GET {ConfigMaps} HTTP/1.1\r\nHost: x\r\n{RobustServer.Authorization}\r\n");
            }

            await Task.Delay(500, TestContext.Current.CancellationToken);
            Assert.InRange(RobustServer.Held() - before, long.MinValue, 150 * Megabyte);
            await server.AssertAliveAsync();
        }
        finally
        {
            unread.ForEach(one => one.Dispose());
        }
    }

    [Fact]
    public async Task Watchers_that_do_not_read_hold_up_nobody()
    {
        long before = RobustServer.Held();
        List<RawConnection> deaf = [];
        try
        {
            for (int i = 0; i < 40; i++)
            {
                deaf.Add(await RawConnection.OpenAsync(server));
                await deaf[^1].SendAsync(
                    $"GET {ConfigMaps}?watch=1 HTTP/1.1\r\nHost: x\r\n{RobustServer.Authorization}\r\n");
            }

            // 40 watchers times 20 MB of events.
            for (int i = 0; i < 100; i++)
            {
                await CreateAsync("heard-" + i, new string((char)('a' + (i % 26)), 200_000));
                using HttpResponseMessage gone = await server.Client.DeleteAsync($"{ConfigMaps}/heard-{i}");
                Assert.True(gone.IsSuccessStatusCode);
            }

            Assert.InRange(RobustServer.Held() - before, long.MinValue, 250 * Megabyte);
            await server.AssertAliveAsync();
        }
        finally
        {
            deaf.ForEach(one => one.Dispose());
        }
    }

    [Fact]
    public async Task Streams_opened_and_reset_at_once_end_their_connection_at_most()
    {
        long before = RobustServer.Held();
        for (int round = 0; round < 3; round++)
        {
            using RawConnection connection = await RawConnection.OpenAsync(server, "h2");
            await connection.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            await connection.SendAsync(Frame(type: 4, flags: 0, stream: 0, []));
            byte[] headers = Headers($"{ConfigMaps}?watch=1");
            try
            {
                for (int stream = 1; stream < 20_000; stream += 2)
                {
                    byte[] open = Frame(type: 1, flags: 0x5, stream, headers);
                    await connection.SendAsync((byte[])[.. open, .. Frame(type: 3, flags: 0, stream, [0, 0, 0, 8])]);
                }
            }
            catch (IOException)
            {
                // The server had enough of it and closed.
            }
        }

        await server.AssertAliveAsync();
        Assert.InRange(RobustServer.Held() - before, long.MinValue, 150 * Megabyte);
    }

    [Fact]
    public async Task Frames_out_of_order_and_headers_without_end_close_the_connection()
    {
        byte[][] wrong =
        [
            Frame(type: 0, flags: 0, stream: 1, [1, 2, 3]),
            Frame(type: 9, flags: 0, stream: 1, [1, 2, 3]),
            Frame(type: 8, flags: 0, stream: 0, [0, 0, 0, 0]),
            Frame(type: 1, flags: 0, stream: 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            [0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 1],
        ];
        foreach (byte[] frame in wrong)
        {
            using RawConnection connection = await RawConnection.OpenAsync(server, "h2");
            await connection.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            await connection.SendAsync(Frame(type: 4, flags: 0, stream: 0, []));
            await connection.SendAsync(frame);
            await connection.ReadAllAsync(seconds: 2);
        }

        using (RawConnection flood = await RawConnection.OpenAsync(server, "h2"))
        {
            await flood.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            await flood.SendAsync(Frame(type: 4, flags: 0, stream: 0, []));
            await flood.SendAsync(Frame(type: 1, flags: 0x1, stream: 1, Headers("/version")));
            try
            {
                // Continuation frames without END_HEADERS, 32 MB in all.
                byte[] more = Frame(type: 9, flags: 0, stream: 1, Field("x-a", new string('b', 16_000)));
                for (int i = 0; i < 2000; i++)
                {
                    await flood.SendAsync(more);
                }

                Assert.Fail("headers without an end were taken");
            }
            catch (IOException)
            {
                // Closed by the server, as it should be.
            }
        }

        await server.AssertAliveAsync();
    }

    private static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(0, 4), payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(9));
        return frame;
    }

    /// <summary>A header block without compression: each field a literal that no table keeps.</summary>
    private static byte[] Headers(string path) =>
    [
        .. Field(":method", "GET"), .. Field(":scheme", "https"), .. Field(":authority", "x"), .. Field(":path", path),
        .. Field("authorization", RobustServer.Authorization["Authorization: ".Length..].Trim()),
    ];

    private static byte[] Field(string name, string value)
    {
        byte[] text = Encoding.ASCII.GetBytes(value);
        List<byte> field = [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)];
        if (text.Length < 127)
        {
            field.Add((byte)text.Length);
        }
        else
        {
            // HPACK's integers: seven bits are full, the rest follows in groups of seven.
            field.Add(127);
            int rest = text.Length - 127;
            for (; rest >= 128; rest >>= 7)
            {
                field.Add((byte)((rest & 127) | 128));
            }

            field.Add((byte)rest);
        }

        return [.. field, .. text];
    }

    private async Task<string> GetAsync(string path, string headers)
    {
        using RawConnection connection = await RawConnection.OpenAsync(server);
        try
        {
            await connection.SendAsync(
                $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{RobustServer.Authorization}{headers}\r\n");
        }
        catch (IOException)
        {
            // Refused before it was sent in full; the answer is on its way.
        }

        return await connection.ReadAllAsync();
    }

    private async Task CreateAsync(string name, string value)
    {
        using StringContent body =
            new(
                $$$"""{"metadata":{"name":"{{{name}}}"},"data":{"v":"{{{value}}}"}}""",
                Encoding.UTF8,
                "application/json");
        using HttpResponseMessage made = await server.Client.PostAsync(ConfigMaps, body);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
    }
}
