using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keelson.Server.Bench;

/// <summary>Asks a DNS server for one name over UDP, some questions at a time, and says how fast answers come.
/// </summary>
internal static class DnsLoad
{
    private const int Window = 16;
    private const int Warming = 20_000;

    /// <summary>Measures a server: <c>ADDRESS:PORT NAME [COUNT]</c>.</summary>
    public static int Run(string[] line)
    {
        if (line.Length < 2)
        {
            Console.Error.WriteLine("usage: Keelson.Server.Bench dns ADDRESS:PORT NAME [COUNT]");
            return 2;
        }

        using Socket socket = new(SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 2000 };
        socket.Connect(IPEndPoint.Parse(line[0]));
        byte[] query = Query(line[1]);
        Ask(socket, query, Warming);
        int count = line.Length > 2 ? int.Parse(line[2], CultureInfo.InvariantCulture) : 200_000;
        long start = Stopwatch.GetTimestamp();
        double[] times = Ask(socket, query, count);
        double rate = count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Array.Sort(times);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"DNS: {rate:F0} answers/s, p50 {times[count / 2]:F2} ms, p99 {times[count * 99L / 100]:F2} ms"));
        return 0;
    }

    /// <summary>Asks so many times; gives the milliseconds that each answer took.</summary>
    private static double[] Ask(Socket socket, byte[] query, int count)
    {
        double[] times = new double[count];
        long[] sent = new long[1 << 16];
        byte[] answer = new byte[1232];
        for (int i = 0; i < count + Window; i++)
        {
            if (i < count)
            {
                BinaryPrimitives.WriteUInt16BigEndian(query, (ushort)i);
                sent[i & 0xffff] = Stopwatch.GetTimestamp();
                socket.Send(query);
            }

            if (i >= Window)
            {
                int length = socket.Receive(answer);
                int number = BinaryPrimitives.ReadUInt16BigEndian(answer);
                if (length < 12 || (answer[3] & 0xf) != 0)
                {
                    throw new InvalidDataException($"the server answers with code {answer[3] & 0xf}");
                }

                times[i - Window] = Stopwatch.GetElapsedTime(sent[number]).TotalMilliseconds;
            }
        }

        return times;
    }

    private static byte[] Query(string name)
    {
        List<byte> query = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        foreach (string label in name.Split('.'))
        {
            query.Add((byte)label.Length);
            query.AddRange(Encoding.ASCII.GetBytes(label));
        }

        query.AddRange((ReadOnlySpan<byte>)[0, 0, 1, 0, 1]);
        return [.. query];
    }
}
